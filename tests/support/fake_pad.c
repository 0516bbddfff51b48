/* A game controller that is none, for the tests: a library to be loaded before the others
 * (LD_PRELOAD), which plugs one of SDL's virtual ones in. What is tested on top of it is SDL's own
 * way from buttons to events.
 *
 * $FAKE_PAD is a FIFO; each line that is written into it is the number of a button
 * (SDL_GameControllerButton), which goes down and up again. */
#include <SDL2/SDL.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AXES = 6, BUTTONS = 15 };

static SDL_Joystick *plug_in(void)
{
	int index = SDL_JoystickAttachVirtual(SDL_JOYSTICK_TYPE_GAMECONTROLLER, AXES, BUTTONS, 0);
	return index < 0 ? NULL : SDL_JoystickOpen(index);
}

/* The number of the next line; -1: there is none yet. */
static int next_button(int fifo)
{
	static char pending[256];
	static size_t length;
	ssize_t count = read(fifo, pending + length, sizeof(pending) - 1 - length);
	length += count > 0 ? (size_t)count : 0;
	pending[length] = '\0';
	char *end = strchr(pending, '\n');
	if (!end)
		return -1;
	int button = atoi(pending);
	length -= (size_t)(end + 1 - pending);
	memmove(pending, end + 1, length + 1);
	return button;
}

/* A button that went down goes up before the next one does. */
static void play(SDL_Joystick *pad, int fifo)
{
	static int down = -1;
	int button = down >= 0 ? down : next_button(fifo);
	if (button < 0 || button >= BUTTONS)
		return;
	SDL_JoystickSetVirtualButton(pad, button, down < 0);
	down = down < 0 ? button : -1;
}

int SDL_PollEvent(SDL_Event *event)
{
	static int (*poll)(SDL_Event *);
	static SDL_Joystick *pad;
	static int fifo = -1;
	const char *path = getenv("FAKE_PAD");
	if (!poll)
		*(void **)&poll = dlsym(RTLD_NEXT, "SDL_PollEvent");
	if (!pad && path && SDL_WasInit(SDL_INIT_GAMECONTROLLER)) {
		pad = plug_in();
		fifo = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	}
	if (pad && fifo >= 0)
		play(pad, fifo);
	return poll(event);
}
