/* The catalogue of networks: its text, and what is wrong with others. */
#include "app/networks/catalogue.h"

#include <string.h>

#include "tests/support/media.h"
#include "tests/support/onnx_builder.h"
#include "tests/support/test.h"

static struct catalogue catalogue;

TEST(the_own_catalogue_can_be_read)
{
	rv_error error = {0};
	const struct catalogue *own = catalogue_own(&error);
	CHECK_MESSAGE(own, "%s", error.message);
	if (!own)
		return;
	const struct catalogue_network *network = catalogue_find(own, "googlenet");
	CHECK(network && network->size == 28020232 && network->place_count == 2);
	CHECK(network && !strcmp(network->input_format, "caffe-bgr"));
	network = catalogue_find(own, "inception-v3");
	CHECK(network && !strcmp(network->file, "inception_v3.onnx"));
	CHECK(!catalogue_find(own, "nothing"));
}

/* Whoever can be fetched must be known by its checksum, and have a file to be. */
TEST(every_entry_is_complete)
{
	const struct catalogue *own = catalogue_own(NULL);
	for (int i = 0; own && i < own->count; i++) {
		const struct catalogue_network *network = &own->networks[i];
		CHECK_MESSAGE(network->title[0] && network->good_for[0] && network->licence[0] &&
		                      network->file[0] && network->input_format[0],
		              "%s lacks a line", network->name);
		CHECK_MESSAGE(!network->place_count || network->checksum[0],
		              "%s has places but no checksum", network->name);
	}
}

static void check_refused(const char *text, const char *says)
{
	rv_error error = {0};
	CHECK(catalogue_parse(&catalogue, "c", text, &error) == RV_INVALID);
	CHECK_MESSAGE(strstr(error.message, says), "%s", error.message);
}

TEST(wrong_lines_are_named_by_their_number)
{
	check_refused("title x\n", "c:1");
	check_refused("network a\nbanana x\n", "c:2: \"banana\"");
	check_refused("network a\nsha256 12\n", "c:2: 64");
	check_refused("network a\nsize x\n", "c:2");
	check_refused("network a\nhas layer\n", "c:2");
	check_refused("network a\nnetwork a\n", "c:2: a is there");
	check_refused("network a\ntitle\n", "c:2");
}

TEST(values_are_what_the_line_says)
{
	rv_error error = {0};
	const char *text = "# said first\n\nnetwork a\n  title  A b \nhas x/y 3\n"
			   "from http://one\nfrom http://two\nset step 0.03 \n";
	rv_status status = catalogue_parse(&catalogue, "c", text, &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	const struct catalogue_network *network = &catalogue.networks[0];
	CHECK(catalogue.count == 1 && !strcmp(network->title, "A b"));
	CHECK(!strcmp(network->shapes[0].layer, "x/y") && network->shapes[0].channels == 3);
	CHECK(network->setting_count == 1 && !strcmp(network->settings[0].option, "step") &&
	      !strcmp(network->settings[0].value, "0.03"));
	CHECK(network->place_count == 2 && !strcmp(network->places[1], "http://two"));
}

/* A network with a layer "first" of 4 channels and a layer "second" of 6. */
static rv_model *small_network(void)
{
	static float weights[6 * 4 * 3];
	const char *path = media_path("small.onnx");
	struct onnx_builder *builder = onnx_builder_create(13);
	rv_model *model = NULL;
	rv_error error = {0};
	onnx_builder_picture(builder, "picture", 3, 0, 0);
	onnx_builder_floats(builder, "a", 4, (int64_t[]){4, 3, 1, 1}, weights);
	onnx_builder_node(builder, "Conv", "picture a", "first");
	onnx_builder_floats(builder, "b", 4, (int64_t[]){6, 4, 1, 1}, weights);
	onnx_builder_node(builder, "Conv", "first b", "second");
	if (!onnx_builder_write(builder, path) || rv_model_open(&model, path, NULL, &error))
		test_failed(__FILE__, __LINE__, "%s", error.message);
	onnx_builder_destroy(&builder);
	return model;
}

/* One layer that fits is not enough, nor is one of the same name but other channels. */
TEST(a_network_is_recognised_by_all_its_layers)
{
	rv_error error = {0};
	rv_model *model = small_network();
	const char *text = "network a\nhas first 4\nhas third 6\n"
			   "network b\nhas first 4\nhas second 5\n"
			   "network c\n"
			   "network d\nhas first 4\nhas second 6\n";
	REQUIRE(model && catalogue_parse(&catalogue, "c", text, &error) == RV_OK);
	const struct catalogue_network *network = catalogue_recognise(&catalogue, model);
	CHECK_MESSAGE(network && !strcmp(network->name, "d"), "%s",
	              network ? network->name : "none");
	rv_model_close(&model);
}
