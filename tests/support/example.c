/* A program that uses the installed library, as C or as C++: dreams a picture of its own over a
 * network and writes it as a PPM file. How it is compiled and run stands in README.md.
 *
 *     ./example models/inception_v3.onnx dream.ppm
 */
#include <reverie.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 96, HEIGHT = 80 };

static unsigned char pixels[HEIGHT][WIDTH][3];

static void paint_clouds(void)
{
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			for (int c = 0; c < 3; c++)
				pixels[y][x][c] =
					(unsigned char)(100 + x % (9 + c) * 7 + y % 11 * 6);
}

static rv_status dream(const char *path, rv_model **model, rv_engine **engine, rv_error *error)
{
	rv_image image = {RV_RGB8, WIDTH, HEIGHT, sizeof(pixels[0]), pixels};
	rv_config config;
	rv_params params = rv_params_default();
	rv_status status;
	memset(&config, 0, sizeof(config));
	params.octaves = 2;
	params.iterations = 2;
	if ((status = rv_model_open(model, path, NULL, error)) != RV_OK ||
	    (status = rv_create(engine, *model, &config, error)) != RV_OK ||
	    (status = rv_set_params(*engine, &params, error)) != RV_OK)
		return status;
	return rv_dream(*engine, &image, RV_TIME_NONE, &image, error);
}

int main(int count, char **words)
{
	rv_model *model = NULL;
	rv_engine *engine = NULL;
	rv_error error;
	FILE *file = count == 3 ? fopen(words[2], "wb") : NULL;
	if (!file)
		return 2;
	paint_clouds();
	rv_status status = dream(words[1], &model, &engine, &error);
	if (status != RV_OK)
		fprintf(stderr, "reverie " RV_VERSION ": %s\n", error.message);
	rv_destroy(&engine);
	rv_model_close(&model);
	fprintf(file, "P6 %d %d 255\n", WIDTH, HEIGHT);
	fwrite(pixels, 1, sizeof(pixels), file);
	return fclose(file) || status != RV_OK;
}
