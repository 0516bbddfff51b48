/* Game controllers: part of the window (app/screen/window.h), as their events come through the same
 * queue of SDL. Buttons and sticks are keys by name: Pad A, B, X, Y, Back, Guide, Start, Left
 * Stick, Right Stick, Left Shoulder, Right Shoulder, DPad Up, DPad Down, DPad Left, DPad Right; and
 * Pad Left Stick Up, Down, Left, Right, likewise of the right one, Left Trigger and Right Trigger.
 * A stick or trigger that is held repeats its key, the faster the further it is pushed. */
#ifndef APP_SCREEN_CONTROLLER_H
#define APP_SCREEN_CONTROLLER_H

#include <SDL.h>
#include <stdbool.h>
#include <stdint.h>

enum { CONTROLLERS_MAX = 4, CONTROLLER_NAME_LENGTH = 64 };

/* Zeroed, there are none. */
struct controllers {
	struct controller {
		SDL_GameController *device; /* NULL: free */
		SDL_JoystickID id;
		double due[2 * SDL_CONTROLLER_AXIS_MAX]; /* repetitions, by axis and direction */
		bool held[2 * SDL_CONTROLLER_AXIS_MAX];
	} list[CONTROLLERS_MAX];
	uint64_t looked; /* when controller_repeat last did */
	int next;        /* the direction that is looked at next */
};

/* Starts to hear of them; where SDL cannot, there are none. */
void controller_start(void);
void controller_stop(struct controllers *controllers);

/* Takes an event of a controller, which may have come or gone. True: a button was pressed, whose
 * name is written. */
bool controller_take(struct controllers *controllers, const SDL_Event *event,
                     char name[CONTROLLER_NAME_LENGTH]);

/* Writes the name of a stick or trigger whose turn it is to repeat; false: none, until time has
 * passed. now: milliseconds of a clock that does not go back. */
bool controller_repeat(struct controllers *controllers, uint64_t now,
                       char name[CONTROLLER_NAME_LENGTH]);

#endif
