#include "app/offline/shape.h"

static const char *describe(const struct panorama *panorama, enum panorama_mode mode)
{
	if (mode != PANORAMA_AUTO)
		return NULL;
	if (panorama->is_part)
		return "is a part of a panorama: it is dreamed as a flat picture";
	return panorama->is_sphere ? "is a panorama of all directions: it is dreamed as a sphere "
	                             "(--sphere off: as a flat picture)"
	                           : NULL;
}

bool shape_tell(const struct job *job, const struct panorama *panorama)
{
	bool is_sphere = panorama_wanted(panorama, job->sphere);
	const char *line = describe(panorama, job->sphere);
	if (line)
		progress_note(job->progress, "%s: %s", job->input, line);
	if (job->shape)
		job->shape(job->context, is_sphere);
	return is_sphere;
}
