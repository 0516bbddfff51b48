#include "app/screen/controller.h"

#include <stdio.h>

enum { DIRECTIONS = 2 * SDL_CONTROLLER_AXIS_MAX, AXIS_FULL = 32767 };

static const double dead_zone = 0.2;   /* of the way of a stick, which need not rest at 0 */
static const double rate = 25;         /* repetitions a second of a stick that is pushed fully */
static const double longest_gap = 0.1; /* seconds; after more, nothing is made up for */

static const char *const button_names[SDL_CONTROLLER_BUTTON_MAX] = {
	[SDL_CONTROLLER_BUTTON_A] = "Pad A",
	[SDL_CONTROLLER_BUTTON_B] = "Pad B",
	[SDL_CONTROLLER_BUTTON_X] = "Pad X",
	[SDL_CONTROLLER_BUTTON_Y] = "Pad Y",
	[SDL_CONTROLLER_BUTTON_BACK] = "Pad Back",
	[SDL_CONTROLLER_BUTTON_GUIDE] = "Pad Guide",
	[SDL_CONTROLLER_BUTTON_START] = "Pad Start",
	[SDL_CONTROLLER_BUTTON_LEFTSTICK] = "Pad Left Stick",
	[SDL_CONTROLLER_BUTTON_RIGHTSTICK] = "Pad Right Stick",
	[SDL_CONTROLLER_BUTTON_LEFTSHOULDER] = "Pad Left Shoulder",
	[SDL_CONTROLLER_BUTTON_RIGHTSHOULDER] = "Pad Right Shoulder",
	[SDL_CONTROLLER_BUTTON_DPAD_UP] = "Pad DPad Up",
	[SDL_CONTROLLER_BUTTON_DPAD_DOWN] = "Pad DPad Down",
	[SDL_CONTROLLER_BUTTON_DPAD_LEFT] = "Pad DPad Left",
	[SDL_CONTROLLER_BUTTON_DPAD_RIGHT] = "Pad DPad Right",
};

/* Two for each axis: towards lower values, towards higher ones. */
static const char *const direction_names[DIRECTIONS] = {
	[2 * SDL_CONTROLLER_AXIS_LEFTX] = "Pad Left Stick Left",
	[2 * SDL_CONTROLLER_AXIS_LEFTX + 1] = "Pad Left Stick Right",
	[2 * SDL_CONTROLLER_AXIS_LEFTY] = "Pad Left Stick Up",
	[2 * SDL_CONTROLLER_AXIS_LEFTY + 1] = "Pad Left Stick Down",
	[2 * SDL_CONTROLLER_AXIS_RIGHTX] = "Pad Right Stick Left",
	[2 * SDL_CONTROLLER_AXIS_RIGHTX + 1] = "Pad Right Stick Right",
	[2 * SDL_CONTROLLER_AXIS_RIGHTY] = "Pad Right Stick Up",
	[2 * SDL_CONTROLLER_AXIS_RIGHTY + 1] = "Pad Right Stick Down",
	[2 * SDL_CONTROLLER_AXIS_TRIGGERLEFT + 1] = "Pad Left Trigger",
	[2 * SDL_CONTROLLER_AXIS_TRIGGERRIGHT + 1] = "Pad Right Trigger",
};

void controller_start(void)
{
	/* A window that is not in front, as on a second display, is played all the same. */
	SDL_SetHint(SDL_HINT_JOYSTICK_ALLOW_BACKGROUND_EVENTS, "1");
	SDL_InitSubSystem(SDL_INIT_GAMECONTROLLER);
}

void controller_stop(struct controllers *controllers)
{
	for (int i = 0; i < CONTROLLERS_MAX; i++)
		if (controllers->list[i].device)
			SDL_GameControllerClose(controllers->list[i].device);
	*controllers = (struct controllers){0};
}

static struct controller *find(struct controllers *controllers, SDL_JoystickID id)
{
	for (int i = 0; i < CONTROLLERS_MAX; i++)
		if (controllers->list[i].device && controllers->list[i].id == id)
			return &controllers->list[i];
	return NULL;
}

static void add(struct controllers *controllers, int index)
{
	SDL_JoystickID id = SDL_JoystickGetDeviceInstanceID(index);
	if (find(controllers, id))
		return;
	for (int i = 0; i < CONTROLLERS_MAX; i++) {
		if (controllers->list[i].device)
			continue;
		controllers->list[i] =
			(struct controller){.device = SDL_GameControllerOpen(index), .id = id};
		return;
	}
}

static void drop(struct controllers *controllers, SDL_JoystickID id)
{
	struct controller *gone = find(controllers, id);
	if (!gone)
		return;
	SDL_GameControllerClose(gone->device);
	*gone = (struct controller){0};
}

bool controller_take(struct controllers *controllers, const SDL_Event *event,
                     char name[CONTROLLER_NAME_LENGTH])
{
	const char *button = NULL;
	switch (event->type) {
	case SDL_CONTROLLERDEVICEADDED:
		add(controllers, event->cdevice.which);
		return false;
	case SDL_CONTROLLERDEVICEREMOVED:
		drop(controllers, event->cdevice.which);
		return false;
	case SDL_CONTROLLERBUTTONDOWN:
		if (event->cbutton.button < SDL_CONTROLLER_BUTTON_MAX)
			button = button_names[event->cbutton.button];
		break;
	}
	if (button)
		snprintf(name, CONTROLLER_NAME_LENGTH, "%s", button);
	return button != NULL;
}

/* 0..1: how far it is pushed that way, beyond the dead zone. */
static double deflection(const struct controller *controller, int direction)
{
	double value = SDL_GameControllerGetAxis(controller->device,
	                                         (SDL_GameControllerAxis)(direction / 2)) /
	               (double)AXIS_FULL;
	if (direction % 2 == 0)
		value = -value;
	return value > dead_zone ? (value - dead_zone) / (1 - dead_zone) : 0;
}

/* The first comes at once, the others as time passes. */
static void let_time_pass(struct controller *controller, double seconds)
{
	for (int i = 0; i < DIRECTIONS; i++) {
		double pushed = deflection(controller, i);
		bool was_held = controller->held[i];
		controller->held[i] = pushed > 0;
		if (!controller->held[i])
			controller->due[i] = 0;
		else
			controller->due[i] += was_held ? pushed * rate * seconds : 1;
	}
}

static void let_all_time_pass(struct controllers *controllers, uint64_t now)
{
	double seconds = (double)(now - controllers->looked) / 1000;
	controllers->looked = now;
	for (int i = 0; i < CONTROLLERS_MAX; i++)
		if (controllers->list[i].device)
			let_time_pass(&controllers->list[i],
			              seconds < longest_gap ? seconds : longest_gap);
}

bool controller_repeat(struct controllers *controllers, uint64_t now,
                       char name[CONTROLLER_NAME_LENGTH])
{
	enum { ALL = CONTROLLERS_MAX * DIRECTIONS };
	if (controllers->next == 0)
		let_all_time_pass(controllers, now);
	for (; controllers->next < ALL; controllers->next++) {
		struct controller *controller = &controllers->list[controllers->next / DIRECTIONS];
		int direction = controllers->next % DIRECTIONS;
		if (!controller->device || controller->due[direction] < 1 ||
		    !direction_names[direction])
			continue;
		controller->due[direction]--;
		snprintf(name, CONTROLLER_NAME_LENGTH, "%s", direction_names[direction]);
		return true;
	}
	controllers->next = 0;
	return false;
}
