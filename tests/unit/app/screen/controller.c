/* Game controllers as keys, with the virtual joysticks of SDL. */
#include "app/screen/controller.h"

#include <string.h>

#include "app/control/keys.h"
#include "tests/support/test.h"

/* SDL's index of a new controller; less than 0: it makes none. */
static int plug_in(void)
{
	return SDL_JoystickAttachVirtual(SDL_JOYSTICK_TYPE_GAMECONTROLLER, SDL_CONTROLLER_AXIS_MAX,
	                                 SDL_CONTROLLER_BUTTON_MAX, 0);
}

static int start(struct controllers *controllers)
{
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	*controllers = (struct controllers){0};
	controller_start();
	return plug_in();
}

static void finish(struct controllers *controllers)
{
	controller_stop(controllers);
	SDL_Quit();
}

/* The name of the next button, or of none in what has happened. Valid until the next call. */
static const char *next_button(struct controllers *controllers)
{
	static char name[CONTROLLER_NAME_LENGTH];
	SDL_Event event;
	SDL_JoystickUpdate();
	while (SDL_PollEvent(&event))
		if (controller_take(controllers, &event, name))
			return name;
	return "";
}

/* Those that there are, of which the first has just come; `index` is SDL's of that. */
#define WITH_CONTROLLER(controllers)                                                               \
	struct controllers controllers;                                                            \
	int index = start(&controllers);                                                           \
	if (index < 0) {                                                                           \
		finish(&controllers);                                                              \
		SKIP("SDL makes no virtual controller: %s", SDL_GetError());                       \
	}                                                                                          \
	CHECK(!next_button(&controllers)[0]);                                                      \
	REQUIRE(controllers.list[0].device != NULL)

static SDL_Joystick *stick_of(struct controllers *controllers)
{
	return SDL_GameControllerGetJoystick(controllers->list[0].device);
}

/* How often that is repeated, and nothing else, by someone who looks every so many milliseconds. */
static int count_repetitions(struct controllers *controllers, const char *expected, int looks,
                             unsigned milliseconds)
{
	char name[CONTROLLER_NAME_LENGTH];
	int count = 0;
	SDL_JoystickUpdate();
	for (uint64_t now = controllers->looked; looks; looks--) {
		now += milliseconds;
		while (controller_repeat(controllers, now, name)) {
			CHECK_MESSAGE(!strcmp(name, expected), "%s", name);
			count++;
		}
	}
	return count;
}

TEST(controller_buttons_are_keys)
{
	WITH_CONTROLLER(controllers);
	SDL_Joystick *stick = stick_of(&controllers);
	SDL_JoystickSetVirtualButton(stick, SDL_CONTROLLER_BUTTON_A, 1);
	CHECK(!strcmp(next_button(&controllers), "Pad A"));
	SDL_JoystickSetVirtualButton(stick, SDL_CONTROLLER_BUTTON_A, 0);
	CHECK(!next_button(&controllers)[0]);
	SDL_JoystickSetVirtualButton(stick, SDL_CONTROLLER_BUTTON_DPAD_LEFT, 1);
	CHECK(!strcmp(next_button(&controllers), "Pad DPad Left"));
	finish(&controllers);
}

TEST(controller_sticks_repeat_the_faster_the_further)
{
	WITH_CONTROLLER(controllers);
	SDL_Joystick *stick = stick_of(&controllers);
	SDL_JoystickSetVirtualAxis(stick, SDL_CONTROLLER_AXIS_LEFTX, 3000); /* at rest */
	CHECK(count_repetitions(&controllers, "", 20, 5) == 0);
	/* The first at once, then 25 a second; beyond the dead zone it is an eighth of the way. */
	SDL_JoystickSetVirtualAxis(stick, SDL_CONTROLLER_AXIS_LEFTX, -32768);
	int fully = count_repetitions(&controllers, "Pad Left Stick Left", 1 + 200, 5);
	CHECK_MESSAGE(fully == 1 + 25, "%d", fully);
	SDL_JoystickSetVirtualAxis(stick, SDL_CONTROLLER_AXIS_LEFTX, 10000);
	int partly = count_repetitions(&controllers, "Pad Left Stick Right", 1 + 200, 5);
	CHECK_MESSAGE(partly == 1 + 3, "%d", partly);
	SDL_JoystickSetVirtualAxis(stick, SDL_CONTROLLER_AXIS_LEFTX, 0);
	CHECK(count_repetitions(&controllers, "", 20, 5) == 0);
	finish(&controllers);
}

TEST(controller_sticks_make_up_for_no_long_pause)
{
	WITH_CONTROLLER(controllers);
	SDL_JoystickSetVirtualAxis(stick_of(&controllers), SDL_CONTROLLER_AXIS_LEFTX, -32768);
	CHECK(count_repetitions(&controllers, "Pad Left Stick Left", 1, 5) == 1);
	CHECK(count_repetitions(&controllers, "Pad Left Stick Left", 1, 3600 * 1000) == 2);
	finish(&controllers);
}

TEST(controllers_come_and_go)
{
	WITH_CONTROLLER(controllers);
	SDL_JoystickSetVirtualAxis(stick_of(&controllers), SDL_CONTROLLER_AXIS_LEFTY, -32768);
	CHECK(count_repetitions(&controllers, "Pad Left Stick Up", 1, 5) == 1);
	SDL_JoystickDetachVirtual(index); /* while it is held */
	next_button(&controllers);
	CHECK(controllers.list[0].device == NULL);
	CHECK(count_repetitions(&controllers, "", 20, 5) == 0);
	CHECK(plug_in() >= 0);
	next_button(&controllers);
	CHECK(controllers.list[0].device != NULL);
	SDL_JoystickSetVirtualButton(stick_of(&controllers), SDL_CONTROLLER_BUTTON_Y, 1);
	CHECK(!strcmp(next_button(&controllers), "Pad Y"));
	finish(&controllers);
}

/* A misspelt name in the default keys would be bound, and never pressed. */
TEST(controller_names_of_the_default_keys_exist)
{
	struct keys keys = {0};
	struct controllers controllers = {0};
	char name[CONTROLLER_NAME_LENGTH];
	int buttons = 0, bound = 0;
	REQUIRE(keys_parse(&keys, "keys.conf", keys_default_text, NULL) == RV_OK);
	for (int i = 0; i < keys.count; i++)
		bound += !strncmp(keys.list[i].key, "Pad ", 4) &&
		         !strstr(keys.list[i].key, "Stick ") &&
		         !strstr(keys.list[i].key, "Trigger");
	for (int i = 0; i < SDL_CONTROLLER_BUTTON_MAX; i++) {
		SDL_Event event = {.cbutton = {.type = SDL_CONTROLLERBUTTONDOWN}};
		event.cbutton.button = (Uint8)i;
		buttons += controller_take(&controllers, &event, name) && keys_find(&keys, name);
	}
	CHECK_MESSAGE(buttons == bound, "%d of %d", buttons, bound);
}
