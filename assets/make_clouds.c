/* Makes the pictures of the sample clip: a flight over a sea of clouds in the evening.
 *
 *     make_clouds WIDTH HEIGHT FRAMES > clouds.y4m
 *
 * 24 frames a second, 4:2:0, BT.709, limited range. The same arguments give the same bytes.
 * assets/make_clouds.sh runs this, joins the sound of make_wind.c to it and encodes the clip.
 *
 * The clouds are a volume of noise, marched through ray by ray. Its shape follows A. Schneider,
 * "The Real-time Volumetric Cloudscapes of Horizon Zero Dawn" (SIGGRAPH 2015): Perlin noise dilated
 * by Worley noise, eroded at the rim by finer Worley noise. Light scattered many times is summed as
 * in M. Wrenninge, C. Kulla, V. Lundqvist, "Oz: The Great and Volumetric" (SIGGRAPH 2013). Lengths
 * are kilometres, y is up, and light is linear with BT.709 primaries. */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const float pi = 3.14159265f;
enum { FRAMES_PER_SECOND = 24 };

/* ---- vectors ---- */

struct vec3 {
	float x, y, z;
};

static struct vec3 vec3(float x, float y, float z)
{
	return (struct vec3){x, y, z};
}

static struct vec3 add(struct vec3 a, struct vec3 b)
{
	return vec3(a.x + b.x, a.y + b.y, a.z + b.z);
}

static struct vec3 scale(struct vec3 a, float factor)
{
	return vec3(a.x * factor, a.y * factor, a.z * factor);
}

static float dot(struct vec3 a, struct vec3 b)
{
	return a.x * b.x + a.y * b.y + a.z * b.z;
}

static struct vec3 normalize(struct vec3 a)
{
	return scale(a, 1 / sqrtf(dot(a, a)));
}

static struct vec3 mix(struct vec3 a, struct vec3 b, float part)
{
	return add(scale(a, 1 - part), scale(b, part));
}

static float clamp(float x, float low, float high)
{
	return x < low ? low : x > high ? high : x;
}

static float smoothstep(float low, float high, float x)
{
	float t = clamp((x - low) / (high - low), 0, 1);
	return t * t * (3 - 2 * t);
}

/* ---- noise ---- */

static uint32_t hash(uint32_t x, uint32_t y, uint32_t z, uint32_t seed)
{
	uint32_t h = x * 0x8da6b343u ^ y * 0xd8163841u ^ z * 0xcb1ab31fu ^ seed * 0x9e3779b9u;
	h = (h ^ (h >> 15)) * 0x2c1b3c6du;
	h = (h ^ (h >> 12)) * 0x297a2d39u;
	return h ^ (h >> 15);
}

/* 0 <= result < 1 */
static float unit(uint32_t h)
{
	return (float)(h >> 8) / 16777216.0f;
}

static float lattice_gradient(int x, int y, int z, int cells, uint32_t seed, struct vec3 offset)
{
	uint32_t mask = (uint32_t)cells - 1;
	uint32_t h = hash((uint32_t)x & mask, (uint32_t)y & mask, (uint32_t)z & mask, seed);
	float height = 2 * unit(h) - 1;
	float angle = 2 * pi * unit(hash(h, 1, 2, seed));
	float radius = sqrtf(1 - height * height);
	return dot(vec3(radius * cosf(angle), height, radius * sinf(angle)), offset);
}

static float fade(float t)
{
	return t * t * t * (t * (6 * t - 15) + 10);
}

/* K. Perlin's gradient noise (2002), about -0.7..0.7. It repeats after 1 in each direction and has
 * cells (a power of two) cells in that length. */
static float perlin(struct vec3 p, int cells, uint32_t seed)
{
	p = scale(p, (float)cells);
	int x = (int)floorf(p.x), y = (int)floorf(p.y), z = (int)floorf(p.z);
	struct vec3 f = vec3(p.x - (float)x, p.y - (float)y, p.z - (float)z);
	float sum = 0;
	for (int corner = 0; corner < 8; corner++) {
		int i = corner & 1, j = corner >> 1 & 1, k = corner >> 2;
		struct vec3 offset = vec3(f.x - (float)i, f.y - (float)j, f.z - (float)k);
		float weight = (i ? fade(f.x) : 1 - fade(f.x)) * (j ? fade(f.y) : 1 - fade(f.y)) *
		               (k ? fade(f.z) : 1 - fade(f.z));
		sum += weight * lattice_gradient(x + i, y + j, z + k, cells, seed, offset);
	}
	return sum;
}

/* S. Worley's cellular noise (1996), upside down: 1 at scattered points, falling to 0 between them.
 * Repeats like perlin(). */
static float worley(struct vec3 p, int cells, uint32_t seed)
{
	uint32_t mask = (uint32_t)cells - 1;
	p = scale(p, (float)cells);
	int x = (int)floorf(p.x), y = (int)floorf(p.y), z = (int)floorf(p.z);
	float nearest = 4;
	for (int neighbour = 0; neighbour < 27; neighbour++) {
		int i = x + neighbour % 3 - 1, j = y + neighbour / 3 % 3 - 1;
		int k = z + neighbour / 9 - 1;
		uint32_t h = hash((uint32_t)i & mask, (uint32_t)j & mask, (uint32_t)k & mask, seed);
		struct vec3 point = vec3((float)i + unit(h), (float)j + unit(hash(h, 1, 0, seed)),
		                         (float)k + unit(hash(h, 2, 0, seed)));
		struct vec3 away = add(p, scale(point, -1));
		nearest = fminf(nearest, dot(away, away));
	}
	return clamp(1 - sqrtf(nearest), 0, 1);
}

static float worley_octaves(struct vec3 p, int cells, uint32_t seed)
{
	return 0.625f * worley(p, cells, seed) + 0.25f * worley(p, 2 * cells, seed + 1) +
	       0.125f * worley(p, 4 * cells, seed + 2);
}

static float perlin_octaves(struct vec3 p, int cells, int octaves, uint32_t seed)
{
	float sum = 0, weight = 1;
	for (int octave = 0; octave < octaves; octave++) {
		sum += weight * perlin(p, cells << octave, seed + (uint32_t)octave);
		weight *= 0.5f;
	}
	return sum;
}

/* Soft where Perlin noise is, round where Worley noise is: the lumps of a cumulus. 0..1 */
static float shape_noise(struct vec3 p)
{
	float soft = clamp(0.5f + 0.75f * perlin_octaves(p, 4, 4, 11), 0, 1);
	float round = worley_octaves(p, 8, 21);
	return clamp(round + soft * (1 - 0.55f * round) - 0.28f, 0, 1);
}

static float detail_noise(struct vec3 p)
{
	return worley_octaves(p, 8, 41);
}

static float cover_noise(struct vec3 p)
{
	return clamp(0.5f + 0.9f * perlin_octaves(p, 4, 5, 61), 0, 1);
}

/* Noise that repeats after 1 in each direction, sampled once and read many times. */
enum { VOLUME_SIDE = 128 };

struct volume {
	float value[VOLUME_SIDE][VOLUME_SIDE][VOLUME_SIDE]; /* [z][y][x] */
};

static void fill_volume(struct volume *volume, float (*noise)(struct vec3))
{
	for (int z = 0; z < VOLUME_SIDE; z++)
		for (int y = 0; y < VOLUME_SIDE; y++)
			for (int x = 0; x < VOLUME_SIDE; x++) {
				struct vec3 p = vec3((float)x, (float)y, (float)z);
				volume->value[z][y][x] = noise(scale(p, 1.0f / VOLUME_SIDE));
			}
}

static float read_volume(const struct volume *volume, struct vec3 p)
{
	p = scale(p, VOLUME_SIDE);
	float floor_x = floorf(p.x), floor_y = floorf(p.y), floor_z = floorf(p.z);
	float x = p.x - floor_x, y = p.y - floor_y, z = p.z - floor_z;
	int mask = VOLUME_SIDE - 1;
	int x0 = (int)floor_x & mask, x1 = (x0 + 1) & mask;
	int y0 = (int)floor_y & mask, y1 = (y0 + 1) & mask;
	int z0 = (int)floor_z & mask, z1 = (z0 + 1) & mask;
	const float *a = volume->value[z0][y0], *b = volume->value[z0][y1];
	const float *c = volume->value[z1][y0], *d = volume->value[z1][y1];
	float near = (a[x0] + x * (a[x1] - a[x0])) * (1 - y) + (b[x0] + x * (b[x1] - b[x0])) * y;
	float far = (c[x0] + x * (c[x1] - c[x0])) * (1 - y) + (d[x0] + x * (d[x1] - d[x0])) * y;
	return near + z * (far - near);
}

/* ---- the sky ---- */

struct world {
	struct volume shape, detail, cover;
	struct vec3 sun; /* unit vector towards it */
	float seconds;
};

static const float cloud_base = 1.0f;
static const float cloud_top = 5.6f;
static const float cloud_extinction = 20; /* per kilometre, where the cloud is thickest */

/* What part of its greatest density the cloud has at p, 0..1. */
static float cloud_density(const struct world *world, struct vec3 p, bool fine)
{
	if (p.y < cloud_base || p.y > cloud_top)
		return 0;
	struct vec3 over = vec3(p.x / 34 + 0.13f, 0.31f, p.z / 34 + 0.57f);
	float cover = smoothstep(0.22f, 0.88f, read_volume(&world->cover, over));
	float top = cloud_base + 0.8f + (cloud_top - cloud_base - 0.8f) * cover * cover * cover;
	float height = (p.y - cloud_base) / (top - cloud_base);
	if (height > 1)
		return 0;
	float profile = smoothstep(0, 0.12f, height) * (1 - smoothstep(0.55f, 1, height));
	float drift = 0.06f * world->seconds;
	struct vec3 q = vec3((p.x + drift) / 7.3f, p.y / 7.3f, p.z / 7.3f);
	float density = read_volume(&world->shape, q) * profile - (0.62f - 0.42f * cover);
	if (density <= 0)
		return 0;
	density = clamp(density * 3.0f, 0, 1);
	if (fine) {
		struct vec3 r = vec3(p.x / 1.9f, p.y / 1.9f - 0.5f * drift, p.z / 1.9f);
		float lumps = read_volume(&world->detail, r);
		float curls =
			read_volume(&world->detail, add(scale(r, 4.3f), vec3(0.2f, 0.4f, 0.1f)));
		density -= (1 - density) * (0.85f * lumps + 0.50f * curls - 0.14f);
	}
	return clamp(density, 0, 1);
}

/* L. Henyey, J. Greenstein (1941): how much light goes on at an angle, forwards for g near 1. */
static float phase(float cosine, float g)
{
	return (1 - g * g) / (4 * pi * powf(1 + g * g - 2 * g * cosine, 1.5f));
}

/* Clouds scatter nearly all forwards; a little comes back, which brightens what faces the sun. */
static float cloud_phase(float cosine, float part)
{
	return 0.75f * phase(cosine, 0.78f * part) + 0.25f * phase(cosine, -0.25f * part);
}

static float optical_depth_to_sun(const struct world *world, struct vec3 p)
{
	float depth = 0, step = 0.05f, distance = 0.5f * step;
	for (int i = 0; i < 7; i++) {
		struct vec3 q = add(p, scale(world->sun, distance));
		depth += cloud_extinction * step * cloud_density(world, q, i < 3);
		distance += 0.5f * step + 0.8f * step;
		step *= 1.6f;
	}
	return depth;
}

static float sunlight_scattered(float depth, float cosine)
{
	float sum = 0, part = 1;
	for (int order = 0; order < 4; order++) {
		sum += part * expf(-depth * part) * cloud_phase(cosine, part);
		part *= 0.45f;
	}
	return sum;
}

static float cirrus(const struct world *world, struct vec3 direction)
{
	if (direction.y < 0.02f)
		return 0;
	float distance = 9 / (direction.y + 0.06f);
	float x = direction.x * distance + 0.15f * world->seconds, z = direction.z * distance;
	float bend = read_volume(&world->cover, vec3(x / 160, 0.7f, z / 160)) - 0.5f;
	float across = 0.8f * x + 0.6f * z + 22 * bend, along = 0.8f * z - 0.6f * x;
	float wide = read_volume(&world->cover, vec3(across / 60, 0.1f, along / 210));
	float streaks = read_volume(&world->cover, vec3(across / 13, 0.45f, along / 120));
	float threads = read_volume(&world->cover, vec3(across / 4.1f, 0.85f, along / 50));
	float veil = smoothstep(0.45f, 1.0f, 0.60f * wide + 0.34f * streaks + 0.16f * threads);
	return veil * smoothstep(0.02f, 0.2f, direction.y);
}

static float angle_from_sun(const struct world *world, struct vec3 direction)
{
	return acosf(clamp(dot(direction, world->sun), -1, 1));
}

static struct vec3 sun_disc(const struct world *world, struct vec3 direction)
{
	float angle = angle_from_sun(world, direction);
	return scale(vec3(40, 28, 15), 1 - smoothstep(0.012f, 0.020f, angle));
}

static struct vec3 sun_glow(const struct world *world, struct vec3 direction)
{
	float angle = angle_from_sun(world, direction);
	struct vec3 inner = scale(vec3(2.6f, 1.55f, 0.70f), expf(-angle / 0.075f));
	struct vec3 outer = scale(vec3(0.95f, 0.42f, 0.15f), expf(-angle / 0.34f));
	return add(inner, outer);
}

static struct vec3 clear_sky(struct vec3 direction)
{
	struct vec3 zenith = vec3(0.045f, 0.13f, 0.36f), middle = vec3(0.20f, 0.36f, 0.62f);
	struct vec3 horizon = vec3(0.92f, 0.58f, 0.40f);
	float up = clamp(direction.y, 0, 1);
	struct vec3 low = mix(horizon, middle, 1 - expf(-up / 0.11f));
	return mix(low, zenith, smoothstep(0.10f, 0.75f, up));
}

static struct vec3 sky(const struct world *world, struct vec3 direction)
{
	struct vec3 light = add(clear_sky(direction), sun_glow(world, direction));
	float cosine = dot(direction, world->sun);
	float towards = 0.55f + 1.5f * powf(clamp(0.5f + 0.5f * cosine, 0, 1), 12);
	struct vec3 ice = scale(vec3(1.0f, 0.80f, 0.66f), towards);
	light = mix(light, ice, 0.62f * cirrus(world, direction));
	return add(light, sun_disc(world, direction));
}

/* ---- a ray ---- */

static const struct vec3 sunlight = {17.5f, 10.6f, 5.6f};
static const float far_end = 70;

/* What the air between here and there does: far things take on the sky's colour. */
static struct vec3 through_air(const struct world *world, struct vec3 light, struct vec3 direction,
                               float distance)
{
	float clear = expf(-distance / 34);
	struct vec3 level = normalize(vec3(direction.x, 0.02f, direction.z));
	struct vec3 glow = sun_glow(world, vec3(direction.x, direction.y + 0.03f, direction.z));
	struct vec3 air = add(clear_sky(level), scale(glow, 0.35f));
	air = scale(air, fminf(1, 1.6f / air.x)); /* it must not outshine the clouds before it */
	return mix(scale(air, 0.92f), light, clear);
}

static struct vec3 cloud_light(const struct world *world, struct vec3 p, float density,
                               float cosine)
{
	float depth = optical_depth_to_sun(world, p);
	struct vec3 direct = scale(sunlight, sunlight_scattered(depth, cosine));
	float height = (p.y - cloud_base) / (cloud_top - cloud_base);
	struct vec3 above = vec3(0.17f, 0.27f, 0.50f), below = vec3(0.10f, 0.11f, 0.18f);
	struct vec3 ambient = mix(below, above, clamp(0.25f + 1.3f * height, 0, 1));
	return add(direct, scale(ambient, 0.95f * (1 - 0.35f * density)));
}

/* What a ray meets before the sky. */
struct cloud_pass {
	struct vec3 light;   /* from the clouds, towards the eye */
	float transmittance; /* what part of the sky's light comes through */
	float distance;      /* where most of the clouds' light comes from */
};

static const float unseen = 0.01f; /* a transmittance below which nothing is looked for */

/* shift, 0..1, moves the samples along the ray, so that neighbouring rays do not show the same
 * bands. */
static struct cloud_pass march(const struct world *world, struct vec3 origin, struct vec3 direction,
                               float shift)
{
	struct cloud_pass pass = {vec3(0, 0, 0), 1, 0};
	float cosine = dot(direction, world->sun), distance = 0.3f;
	while (distance < far_end && pass.transmittance > unseen) {
		float step = 0.03f + 0.012f * distance;
		struct vec3 p = add(origin, scale(direction, distance + shift * step));
		float density = cloud_density(world, p, true);
		if (density > 0.003f) {
			float passed = expf(-cloud_extinction * density * step);
			float part = pass.transmittance * (1 - passed);
			struct vec3 light = cloud_light(world, p, density, cosine);
			pass.light = add(pass.light, scale(light, part));
			pass.distance += part * distance;
			pass.transmittance *= passed;
		} else if (p.y > cloud_top && direction.y > 0) {
			break;
		}
		distance += step;
	}
	pass.transmittance = clamp((pass.transmittance - unseen) / (1 - unseen), 0, 1);
	if (pass.transmittance < 1)
		pass.distance /= 1 - pass.transmittance;
	return pass;
}

/* The light that arrives at origin from direction. */
static struct vec3 trace(const struct world *world, struct vec3 origin, struct vec3 direction,
                         float shift)
{
	struct vec3 sea = vec3(0.02f, 0.06f, 0.12f), behind;
	struct cloud_pass pass = march(world, origin, direction, shift);
	float opacity = 1 - pass.transmittance;
	if (direction.y < 0)
		behind =
			through_air(world, sea, direction, fminf(origin.y / -direction.y, far_end));
	else
		behind = sky(world, direction);
	if (opacity < 0.001f)
		return behind;
	struct vec3 cloud = scale(pass.light, 1 / opacity);
	struct vec3 seen = through_air(world, cloud, direction, pass.distance);
	return mix(behind, seen, opacity);
}

/* ---- a frame ---- */

/* Film's shoulder: K. Narkowicz' fit of the ACES curve (2015), then BT.709's own curve. */
static float develop_channel(float light)
{
	float x = 0.66f * fmaxf(light, 0);
	float shown = clamp(x * (2.51f * x + 0.03f) / (x * (2.43f * x + 0.59f) + 0.14f), 0, 1);
	return shown < 0.018f ? 4.5f * shown : 1.099f * powf(shown, 0.45f) - 0.099f;
}

static float luma(struct vec3 c)
{
	return 0.2126f * c.x + 0.7152f * c.y + 0.0722f * c.z;
}

static struct vec3 develop(struct vec3 light)
{
	float grey = luma(light), saturation = 1.22f;
	light = mix(vec3(grey, grey, grey), light, saturation);
	return vec3(develop_channel(light.x), develop_channel(light.y), develop_channel(light.z));
}

static struct vec3 camera_direction(float x, float y, float aspect)
{
	float pitch = -0.02f, reach = 1.35f;
	struct vec3 d = vec3((2 * x - 1), (1 - 2 * y) / aspect, reach);
	float sine = sinf(pitch), cosine = cosf(pitch);
	return normalize(vec3(d.x, d.y * cosine + d.z * sine, d.z * cosine - d.y * sine));
}

/* pixels[height][width], 0..1, developed. Each pixel is the mean of 2 x 2 rays. */
static void render(const struct world *world, int width, int height, struct vec3 *pixels)
{
	struct vec3 origin =
		vec3(3.2f + 0.30f * world->seconds, 2.7f, 25.3f + 0.58f * world->seconds);
	float aspect = (float)width / (float)height;
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			struct vec3 sum = vec3(0, 0, 0);
			for (int ray = 0; ray < 4; ray++) {
				float across =
					((float)x + 0.25f + 0.5f * (float)(ray & 1)) / (float)width;
				float down = ((float)y + 0.25f + 0.5f * (float)(ray >> 1)) /
				             (float)height;
				struct vec3 direction = camera_direction(across, down, aspect);
				float shift = 0.25f * ((float)ray +
				                       unit(hash((uint32_t)x, (uint32_t)y, 0, 7)));
				sum = add(sum, trace(world, origin, direction, shift));
			}
			pixels[y * width + x] = develop(scale(sum, 0.25f));
		}
}

/* ---- writing ---- */

/* Half a step of noise hides the edges that rounding would draw into a smooth sky. */
static unsigned char to_byte(float value, float low, float range, uint32_t place)
{
	float noise = unit(hash(place, 3, 5, 91));
	return (unsigned char)clamp(floorf(low + range * value + noise), 0, 255);
}

static void write_y4m_frame(const struct vec3 *pixels, int width, int height, FILE *file)
{
	fputs("FRAME\n", file);
	for (int i = 0; i < width * height; i++)
		putc(to_byte(luma(pixels[i]), 16, 219, (uint32_t)i), file);
	for (int plane = 0; plane < 2; plane++)
		for (int y = 0; y < height; y += 2)
			for (int x = 0; x < width; x += 2) {
				const struct vec3 *row = pixels + y * width + x,
						  *next = row + width;
				struct vec3 c = add(add(row[0], row[1]), add(next[0], next[1]));
				c = scale(c, 0.25f);
				float chroma = plane ? (c.x - luma(c)) / 1.5748f
				                     : (c.z - luma(c)) / 1.8556f;
				putc(to_byte(chroma, 128, 224, (uint32_t)(y * width + x)), file);
			}
}

static bool write_video(int width, int height, int frames)
{
	struct vec3 *pixels = malloc((size_t)width * (size_t)height * sizeof(*pixels));
	struct world *world = malloc(sizeof(*world));
	if (!pixels || !world) {
		free(world);
		free(pixels);
		return false;
	}
	fill_volume(&world->shape, shape_noise);
	fill_volume(&world->detail, detail_noise);
	fill_volume(&world->cover, cover_noise);
	world->sun = normalize(vec3(0.30f, 0.13f, 1));
	printf("YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420mpeg2 XCOLORRANGE=LIMITED\n", width, height,
	       FRAMES_PER_SECOND);
	for (int frame = 0; frame < frames; frame++) {
		world->seconds = (float)frame / (float)FRAMES_PER_SECOND;
		render(world, width, height, pixels);
		write_y4m_frame(pixels, width, height, stdout);
	}
	free(world);
	free(pixels);
	return true;
}

/* ---- the command line ---- */

/* A whole number from low to high; 0 where text is none (low is above 0). */
static int number(const char *text, int low, int high)
{
	char *end;
	long value = strtol(text, &end, 10);
	return *text && !*end && value >= low && value <= high ? (int)value : 0;
}

int main(int argc, char **argv)
{
	int width = argc == 4 ? number(argv[1], 2, 4096) : 0;
	int height = argc == 4 ? number(argv[2], 2, 4096) : 0;
	int frames = argc == 4 ? number(argv[3], 1, 100000) : 0;
	if (!width || !height || !frames || width % 2 || height % 2) {
		fputs("make_clouds: usage: make_clouds WIDTH HEIGHT FRAMES > FILE.y4m, "
		      "width and height even\n",
		      stderr);
		return 2;
	}
	if (!write_video(width, height, frames)) {
		fputs("make_clouds: out of memory\n", stderr);
		return 1;
	}
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "make_clouds: cannot write: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
