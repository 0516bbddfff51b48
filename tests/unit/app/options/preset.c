/* Presets: what is read, what is refused and how, and that what is written is read again. */
#include "app/options/preset.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/media/npy.h"
#include "engine/reverie_inspect.h"
#include "tests/support/test.h"

static rv_status parse(struct option_dream *dream, const char *text, rv_error *error)
{
	*dream = option_dream_default();
	return preset_parse(dream, "eyes.preset", text, strlen(text), error);
}

TEST(preset_reads_names_values_and_comments)
{
	struct option_dream dream;
	rv_error error = {0};
	rv_status status = parse(&dream,
	                         "# eyes\n"
	                         "\n"
	                         "layer = mixed7 # deep\r\n"
	                         "   octaves=3\t\n"
	                         "model = net#1.onnx\n"
	                         "step\t=\t0.05",
	                         &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	CHECK(dream.layers.count == 1 && !strcmp(dream.layers.list[0].name, "mixed7"));
	CHECK(dream.params.octaves == 3 && dream.params.step == 0.05f);
	CHECK(!strcmp(dream.network.model, "net#1.onnx"));
}

TEST(preset_says_which_line_is_wrong)
{
	static const char *const cases[][2] = {
		{"# a\noctave = 3\n",
	         "eyes.preset:2: octave: no such option; did you mean octaves?"},
		{"xyzzyx = 3\n", "eyes.preset:1: xyzzyx: no such option"},
		{"\n\nstep = nan", "eyes.preset:3: step: \"nan\" is not a number (0 to 1)"},
		{"output = x.png", "eyes.preset:1: output is not an option that a preset holds"},
		{"octaves", "eyes.preset:1: \"octaves\" is not `name = value`"},
		{"\nnetwork lenet-5\n", "eyes.preset:2: network: \"lenet-5\" is none of those that "
	                                "`reverie models` lists"},
		{"network",
	         "eyes.preset:1: network: \"\" is none of those that `reverie models` lists"},
		{"layer =", "eyes.preset:1: layer: \"\" is not a list such as mixed3:1,mixed5:0.5"},
		{NULL, NULL},
	};
	for (int i = 0; cases[i][0]; i++) {
		struct option_dream dream;
		rv_error error = {0};
		CHECK(parse(&dream, cases[i][0], &error) == RV_INVALID);
		CHECK_MESSAGE(!strcmp(error.message, cases[i][1]), "\"%s\"", error.message);
	}
}

TEST(preset_names_the_network_it_is_for)
{
	static const char *const texts[] = {"network googlenet", "network = googlenet # dogs\n",
	                                    "step = 0.1\n\tnetwork\tgooglenet \r\n"};
	struct option_dream dream;
	rv_error error = {0};
	for (int i = 0; i < 3; i++) {
		CHECK_MESSAGE(!parse(&dream, texts[i], &error), "%s", error.message);
		CHECK_MESSAGE(!strcmp(dream.network.name, "googlenet"), "%s", texts[i]);
	}
	CHECK(!parse(&dream, "step = 0.1", &error) && !dream.network.name[0]);
}

TEST(preset_for_another_network_says_how_that_is_had)
{
	rv_error error = {0};
	CHECK(preset_check_network("", "a", "googlenet", &error) == RV_OK);
	CHECK(preset_check_network("", "a", "", &error) == RV_OK);
	CHECK(preset_check_network("googlenet", "a", "googlenet", &error) == RV_OK);
	CHECK(preset_check_network("googlenet", "dogs", "inception-v3", &error) == RV_NOT_FOUND);
	CHECK_MESSAGE(
		!strcmp(error.message,
	                "preset dogs is for the network googlenet: `--model googlenet` opens it; "
	                "where it is not there, `reverie models get googlenet` fetches it"),
		"%s", error.message);
	CHECK(preset_check_network("inception-v3", NULL, "", &error) == RV_NOT_FOUND);
	CHECK_MESSAGE(
		!strcmp(error.message,
	                "this preset is for the network inception-v3: `--model inception-v3` opens "
	                "it; where it is not there, `make models` fetches it"),
		"%s", error.message);
	CHECK(preset_fits("assets/presets/eyes.preset", "inception-v3"));
	CHECK(!preset_fits("assets/presets/eyes.preset", "googlenet"));
	CHECK(!preset_fits("assets/presets/eyes.preset", ""));
	CHECK(preset_fits("assets/presets/none-such.preset", "googlenet"));
}

TEST(preset_refuses_what_is_no_text)
{
	struct option_dream dream = option_dream_default();
	rv_error error = {0};
	char *line = malloc(10000);
	REQUIRE(line);
	memset(line, 'x', 10000);
	CHECK(preset_parse(&dream, "a", line, 10000, &error) == RV_INVALID);
	CHECK(!strcmp(error.message, "a:1: this line is too long"));
	CHECK(preset_parse(&dream, "a", "step\0 = 1", 9, &error) == RV_INVALID);
	CHECK(!strcmp(error.message, "a:1: not a text: a zero byte"));
	free(line);
}

/* A folder that is removed with the few files in it. */
static char *make_folder(void)
{
	static char folder[64];
	snprintf(folder, sizeof(folder), "/tmp/reverie-test-XXXXXX");
	return mkdtemp(folder);
}

static void remove_folder(const char *folder)
{
	char path[1024];
	DIR *entries = opendir(folder);
	for (struct dirent *entry; entries && (entry = readdir(entries));) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	if (entries)
		closedir(entries);
	rmdir(folder);
}

static int count_files(const char *folder)
{
	int count = 0;
	DIR *entries = opendir(folder);
	for (struct dirent *entry; entries && (entry = readdir(entries));)
		count += entry->d_name[0] != '.';
	if (entries)
		closedir(entries);
	return count;
}

TEST(preset_that_was_saved_is_read_again)
{
	struct option_dream saved = option_dream_default(), loaded = option_dream_default();
	rv_error error = {0};
	char path[128];
	const char *folder = make_folder();
	REQUIRE(folder);
	snprintf(path, sizeof(path), "%s/own.preset", folder);
	saved.params.octave_scale = 1.2345678f;
	saved.params.objective = RV_OBJECTIVE_WINNERS;
	saved.params.seed = 12345678901234567890u;
	saved.channels = (struct option_channels){.count = 2, .list = {11, 40}};
	saved.layers.count = 1;
	saved.layers.list[0].weight = 0.7f;
	strcpy(saved.layers.list[0].name, "mixed5");
	strcpy(saved.network.name, "inception-v3");
	strcpy(saved.guide, "take #2.png");
	CHECK_MESSAGE(!preset_save(&saved, path, false, &error), "%s", error.message);
	CHECK_MESSAGE(!preset_load(&loaded, path, &error), "%s", error.message);
	CHECK(option_dream_equal(&saved, &loaded));
	CHECK(!strcmp(loaded.network.name, "inception-v3"));
	CHECK_MESSAGE(!strcmp(loaded.guide, "take #2.png"), "\"%s\"", loaded.guide);
	CHECK(count_files(folder) == 1);
	remove_folder(folder);
}

TEST(preset_is_not_written_over_another_without_force)
{
	struct option_dream dream = option_dream_default();
	rv_error error = {0};
	char path[128], expected[256];
	const char *folder = make_folder();
	REQUIRE(folder);
	snprintf(path, sizeof(path), "%s/own.preset", folder);
	snprintf(expected, sizeof(expected), "%s: exists; --force overwrites it", path);
	CHECK(!preset_save(&dream, path, false, &error));
	CHECK(preset_save(&dream, path, false, &error) == RV_INVALID);
	CHECK_MESSAGE(!strcmp(error.message, expected), "%s", error.message);
	CHECK(!preset_save(&dream, path, true, &error));
	remove_folder(folder);
}

TEST(preset_that_is_missing_is_named_with_those_there_are)
{
	struct option_dream dream = option_dream_default();
	rv_error error = {0};
	CHECK(preset_load(&dream, "pagoda", &error) == RV_NOT_FOUND);
	CHECK_MESSAGE(strstr(error.message, "called pagoda; did you mean pagodas?"), "%s",
	              error.message);
	CHECK(preset_load(&dream, "no-such-preset", &error) == RV_NOT_FOUND);
	CHECK(strstr(error.message, "no preset called no-such-preset; there are: "));
	CHECK_MESSAGE(strstr(error.message, "eyes"), "%s", error.message);
	CHECK_MESSAGE(strstr(error.message, "pagodas"), "%s", error.message);
	strcpy(dream.network.name, "inception-v3"); /* those of others are left out */
	CHECK(preset_load(&dream, "no-such-preset", &error) == RV_NOT_FOUND);
	CHECK_MESSAGE(strstr(error.message, "eyes") && !strstr(error.message, "pagodas"), "%s",
	              error.message);
	CHECK(preset_load(&dream, "./no-such.preset", &error) == RV_NOT_FOUND);
	CHECK(preset_load(&dream, "assets/presets", &error) == RV_IO);
}

TEST(preset_folder_of_the_user_comes_before_the_installed_one)
{
	struct option_dream dream = option_dream_default();
	rv_error error = {0};
	char path[128];
	const char *folder = make_folder();
	REQUIRE(folder);
	char *before = getenv("XDG_CONFIG_HOME");
	before = before ? strdup(before) : NULL;
	snprintf(path, sizeof(path), "%s/reverie", folder);
	mkdir(path, 0700);
	strcat(path, "/presets");
	mkdir(path, 0700);
	strcat(path, "/eyes.preset");
	FILE *file = fopen(path, "w");
	REQUIRE(file);
	fputs("octaves = 13\n", file);
	fclose(file);
	setenv("XDG_CONFIG_HOME", folder, 1);
	CHECK_MESSAGE(!preset_load(&dream, "eyes", &error), "%s", error.message);
	CHECK(dream.params.octaves == 13);
	if (before)
		setenv("XDG_CONFIG_HOME", before, 1);
	else
		unsetenv("XDG_CONFIG_HOME");
	free(before);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(folder);
}

TEST(preset_files_of_the_program_are_all_sound)
{
	DIR *entries = opendir("assets/presets");
	int count = 0;
	REQUIRE(entries);
	for (struct dirent *entry; (entry = readdir(entries));) {
		struct option_dream dream = option_dream_default();
		rv_error error = {0};
		char path[512];
		if (!strstr(entry->d_name, ".preset"))
			continue;
		snprintf(path, sizeof(path), "assets/presets/%s", entry->d_name);
		CHECK_MESSAGE(!preset_load(&dream, path, &error), "%s", error.message);
		CHECK_MESSAGE(dream.layers.count + dream.classes.count + dream.targets.count > 0,
		              "%s names nothing to dream of", path);
		CHECK_MESSAGE(dream.network.name[0], "%s names no network", path);
		count++;
	}
	closedir(entries);
	CHECK(count >= 19);
}

/* ---- arrays ---- */

TEST(npy_file_has_the_header_that_the_format_asks_for)
{
	static const char dictionary[] =
		"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 3), }";
	float values[6] = {0, 1, -2.5f, 3, 4, 1e-30f}, back[6];
	rv_array array = {values, 2, 1, 3};
	struct output_file *output;
	rv_error error = {0};
	char path[128], header[128];
	const char *folder = make_folder();
	REQUIRE(folder);
	snprintf(path, sizeof(path), "%s/a.npy", folder);
	REQUIRE(!output_file_create(&output, path, false, &error));
	npy_write(output, &array);
	CHECK_MESSAGE(!output_file_commit(&output, &error), "%s", error.message);
	FILE *file = fopen(path, "rb");
	REQUIRE(file);
	CHECK(fread(header, 1, 128, file) == 128 && fread(back, 4, 6, file) == 6);
	CHECK(fgetc(file) == EOF);
	fclose(file);
	CHECK(!memcmp(header, "\x93NUMPY\x01\x00\x76\x00", 10)); /* 118 = 128 - 10 */
	CHECK(!memcmp(header + 10, dictionary, sizeof(dictionary) - 1));
	CHECK(header[126] == ' ' && header[127] == '\n');
	CHECK(!memcmp(values, back, sizeof(values)));
	remove_folder(folder);
}

TEST(npy_on_a_full_device_is_an_error)
{
	float value = 1;
	rv_array array = {&value, 1, 1, 1};
	struct output_file *output;
	rv_error error = {0};
	if (access("/dev/full", W_OK))
		SKIP("there is no /dev/full");
	REQUIRE(!output_file_create(&output, "/dev/full", false, &error));
	npy_write(output, &array);
	CHECK(output_file_commit(&output, &error) == RV_IO);
	CHECK_MESSAGE(strstr(error.message, "No space left"), "%s", error.message);
}
