/* A game controller that is none, for the tests: a library to be loaded before the others
 * (LD_PRELOAD), which plugs one of SDL's virtual ones in. What is tested on top of it is SDL's own
 * way from buttons to events.
 *
 * $FAKE_PAD is a FIFO; each line that is written into it is the number of a button
 * (SDL_GameControllerButton), which goes down and up again. */
#include <SDL2/SDL.h>
#include <dlfcn.h>
#include <stdlib.h>

#include "tests/support/fifo_lines.h"

enum { AXES = 6, BUTTONS = 15 };

static SDL_Joystick *plug_in(void)
{
	int index = SDL_JoystickAttachVirtual(SDL_JOYSTICK_TYPE_GAMECONTROLLER, AXES, BUTTONS, 0);
	return index < 0 ? NULL : SDL_JoystickOpen(index);
}

/* A button that went down goes up before the next one does. */
static void play(SDL_Joystick *pad, struct fifo_lines *lines)
{
	static int down = -1;
	char line[FIFO_LINE_LENGTH];
	int button = down;
	if (down < 0 && fifo_lines_next(lines, line))
		button = atoi(line);
	if (button < 0 || button >= BUTTONS)
		return;
	SDL_JoystickSetVirtualButton(pad, button, down < 0);
	down = down < 0 ? button : -1;
}

int SDL_PollEvent(SDL_Event *event)
{
	static int (*poll)(SDL_Event *);
	static SDL_Joystick *pad;
	static struct fifo_lines lines;
	static bool is_played;
	const char *path = getenv("FAKE_PAD");
	if (!poll)
		*(void **)&poll = dlsym(RTLD_NEXT, "SDL_PollEvent");
	if (!pad && path && SDL_WasInit(SDL_INIT_GAMECONTROLLER)) {
		pad = plug_in();
		is_played = fifo_lines_open(&lines, path);
	}
	if (pad && is_played)
		play(pad, &lines);
	return poll(event);
}
