/* One octave of an ascent: the picture at one size, and the launches of one gradient step there. */
#ifndef ENGINE_DREAM_OCTAVE_H
#define ENGINE_DREAM_OCTAVE_H

#include "engine/dream/recipe.h"
#include "engine/dream/shared.h"
#include "engine/dream/step.h"
#include "engine/dream/tiles.h"
#include "engine/dream/view.h"
#include "engine/picture/balance.h"

/* Rasters are needed only while the octave is dreamed, and its detail by the one above besides: all
 * lie in what octaves share (engine/dream/shared.h). base and past of the full size are the frame
 * and what is inherited themselves. */
struct octave {
	int width, height;
	struct view view;
	struct tiles tiles;      /* of a part of the view */
	struct network *network; /* of the size of a tile */
	struct raster base;      /* the frame at this size */
	struct raster detail;    /* dream minus frame; at first what came from the octave below */
	struct raster picture;   /* the dream, base + detail; lies where detail does between
	                          * enter and leave */
	/* What is inherited of the last frame's detail, at this size; of pictures by themselves,
	 * which inherit nothing, base. */
	struct raster past;
	struct raster gradient;
	struct launch_list buffers; /* owns what is no raster */
	struct launch_list enter;   /* from frame and detail to the picture to start from */
	struct launch_list present; /* picture -> network input, of one tile */
	struct launch_list gather;  /* network's input gradient -> gradient, of one tile */
	struct launch_list mask; /* gradient set to 0 where what is inherited needs no more steps */
	struct step step;
	struct launch_list leave; /* from picture to detail */
	/* From the picture of the largest octave and back; empty but where passage.h recorded them.
	 */
	struct launch_list descend, ascend;
	int blend_launch, present_launch, gather_launch, leave_launch;
	/* Of several targets: their gradients are brought to equal strength. */
	struct balance balance;
	struct launch_list measure; /* gradient -> what is measured of it */
	struct launch_list weigh;   /* from that to the factors */
	bool weighed, balanced;
	bool watched; /* the next steps measure what the picture is worth to its targets */
	/* base -> network input, of one tile; empty where no target wants the frame's features. */
	struct launch_list present_frame;
	int measure_launch, frame_launch;
	bool mirrored; /* what the next steps see */
	/* What is seen, and its gradient; where the view is straight, picture and gradient. */
	struct raster seen, seen_gradient;
	struct launch_list unview; /* seen_gradient -> gradient */
	int view_launch, view_frame_launch, unview_launch;
	int soften_launch; /* in unview, where the gradient is softened */
	bool softens;
	cl_mem factor; /* of a sphere: what the gradient is to be multiplied with besides */
	/* Of a dream in a mask. */
	cl_mem weights;              /* float: the mask at this size; NULL without one */
	struct launch_list fit_mask; /* from the mask to them */
	bool has_new_mask;           /* they are yet to be made */
	bool has_below;
	struct preparation *preparation; /* NULL once a gradient was computed */
	bool masked;
};

/* Everything an octave is recorded from. below is NULL for the smallest octave. */
struct octave_recipe {
	const struct dream_recipe *ascent;
	const struct raster *frame;
	const struct raster *inherited; /* of the last frame's detail, at full size */
	cl_mem wants;                   /* see temporal_create */
	cl_mem length;                  /* see struct gradient_settings */
	const struct octave *below;
	const struct shared *shared;
	int from_top; /* number of the octave, 0 the largest */
	const struct network_buffers *buffers;
	struct convolution_library *convolutions;
};

rv_status octave_record(struct octave *octave, struct device *device,
                        const struct octave_recipe *recipe, rv_error *error);
void octave_release(struct octave *octave);

/* Units that octave_record and the first gradient advance the device's preparation by. */
double octave_preparation(const struct graph *graph);

/* Device memory that is the octave's own. */
size_t octave_bytes(const struct octave *octave);

/* What an octave does in a frame. */
struct octave_role {
	float from_below, from_past; /* of the detail it starts from */
	/* How much of the past detail is taken from the detail that the octave leaves: 1 where the
	 * octave above starts from the past detail as well, which would count twice otherwise. */
	float subtracted;
	/* Where the octave below left its picture: by what of the frame that is taken off for the
	 * detail to start from; and whether this one leaves its own. */
	float taken_off;
	bool leaves_picture;
	float living; /* as in struct effort */
	struct step_strength strength;
	bool masked; /* steps only where what is inherited needs them; needs time */
};

/* Sets what may change between frames without recording anew. */
void octave_set(struct octave *octave, const struct octave_role *role);

/* Says how much of a blur the next step ends with, and by how many pixels its gradient is softened,
 * where they are. */
void octave_smooth(struct octave *octave, float blur, float soften);

/* Says how the next gradient sees the picture, where the view is not straight. */
void octave_look(struct octave *octave, const struct look *look);

rv_status octave_enter(struct octave *octave, cl_command_queue queue, rv_error *error);
/* Instead of entering and leaving, around each step (engine/dream/passage.h). */
rv_status octave_descend(struct octave *octave, cl_command_queue queue, rv_error *error);
rv_status octave_ascend(struct octave *octave, cl_command_queue queue, rv_error *error);
/* Tiles of all parts of the view. */
int octave_tiles(const struct octave *octave);
/* A gradient step with the picture shifted by shift_y, shift_x (0 <= shift < size; 0 where the view
 * has several parts): the gradient of each tile in turn, 0 <= tile < octave_tiles(octave), and then
 * the step itself. */
rv_status octave_tile(struct octave *octave, int tile, int shift_y, int shift_x,
                      cl_command_queue queue, rv_error *error);
rv_status octave_step(struct octave *octave, cl_command_queue queue, rv_error *error);
/* As ascent_visit, for as many steps. */
rv_status octave_visit(struct octave *octave, int steps, dream_visitor *visit, void *context,
                       rv_error *error);
rv_status octave_leave(struct octave *octave, cl_command_queue queue, rv_error *error);

#endif
