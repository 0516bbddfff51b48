/* The catalogue of networks: its text, and what is wrong with others. */
#include "app/networks/catalogue.h"

#include <string.h>

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
