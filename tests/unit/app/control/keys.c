#include "app/control/keys.h"

#include <stdio.h>
#include <string.h>

#include "app/screen/hud.h"
#include "tests/support/test.h"

TEST(keys_of_the_program_are_sound)
{
	struct keys keys = {0};
	rv_error error = {0};
	CHECK_MESSAGE(keys_parse(&keys, "keys.conf", keys_default_text, &error) == RV_OK, "%s",
	              error.message);
	CHECK(!strcmp(keys_find(&keys, "up"), "add strength 0.1"));
	CHECK(!strcmp(keys_find(&keys, "Q"), "quit"));
	CHECK(!keys_find(&keys, "F9"));
	int listed = 0, bindings = 0;
	for (const char *at = keys_default_text; (at = strstr(at, " = ")); at++)
		bindings++;
	CHECK_MESSAGE(keys.count == bindings, "%d keys in %d lines: one is bound twice", keys.count,
	              bindings);
	for (int i = 0; i < keys.count; i++) {
		CHECK_MESSAGE(strlen(keys.list[i].help) <= 22, "%s", keys.list[i].key);
		listed += keys.list[i].help[0] != '\0';
	}
	CHECK_MESSAGE(listed <= HUD_KEYS_MAX, "the window lists %d, not all %d", HUD_KEYS_MAX,
	              listed);
}

TEST(keys_are_bound_anew_and_unbound)
{
	struct keys keys = {0};
	rv_error error = {0};
	const char *text = "# mine\n\n  Q = undo # back\r\nq=reset\n= = layer-up\n"
			   "Ctrl+S = save-preset#x\n";
	CHECK(keys_parse(&keys, "a", "Q = quit\nF1 = set hud help\nA = undo", &error) == RV_OK);
	CHECK(keys_parse(&keys, "b", "f1 = none", &error) == RV_OK);
	CHECK(keys.count == 2 && !keys_find(&keys, "F1") && keys_find(&keys, "A"));
	CHECK(keys_parse(&keys, "c", text, &error) == RV_INVALID);
	CHECK(!strncmp(error.message, "c:6: ", 5));
	CHECK(!strcmp(keys_find(&keys, "Q"), "reset"));
	CHECK(!strcmp(keys_find(&keys, "="), "layer-up"));
}

TEST(keys_refuse_what_makes_no_sense)
{
	static const char *const wrong[] = {"Q",
	                                    "Q quit",
	                                    "Q = fly",
	                                    "Q = add strength",
	                                    "Q = set output x",
	                                    "Q =",
	                                    "A key whose name goes on and on = quit"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct keys keys = {0};
		rv_error error = {0};
		CHECK_MESSAGE(keys_parse(&keys, "k", wrong[i], &error) == RV_INVALID, "%s",
		              wrong[i]);
		CHECK_MESSAGE(!strncmp(error.message, "k:1: ", 5), "%s", error.message);
	}
	struct keys keys = {0};
	CHECK(keys_load(&keys, "no/such/file", NULL) == RV_NOT_FOUND);
}

TEST(keys_are_not_endless)
{
	struct keys keys = {0};
	char line[64];
	rv_status status = RV_OK;
	for (int i = 0; i <= KEYS_MAX && status == RV_OK; i++) {
		snprintf(line, sizeof(line), "K%d = quit", i);
		status = keys_parse(&keys, "k", line, NULL);
	}
	CHECK(status == RV_INVALID && keys.count == KEYS_MAX);
}
