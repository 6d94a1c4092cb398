/*
 * The crew. A run is one 64-bit ticket: its number, the first part that is left and the end of those that are
 * left; taking a part is one compare-and-swap on it. A thread that comes late finds nothing left and does no
 * harm: the caller never waits for one that has not taken a part. So a crew on a busy machine, or one whose
 * threads are gone, is as fast as the caller alone. Nobody looks at the ticket for longer than a moment
 * before going to sleep.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crew.h"

/*
 * How long a thread looks whether there is something for it before it goes to sleep: about what waking it
 * costs. A training step hands out work every few microseconds; steps whose threads slept in between took up
 * to 1.5 times as long.
 */
enum { LOOK_NS = 50000, LOOKS_A_CLOCK = 16 };

enum { PARTS_MOST = UINT16_MAX }; /* of one ticket */

typedef void (*crew_part)(void *context, int64_t index);

struct worker {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    atomic_bool asleep;
    int index;
    void (*begin)(void);
};

static struct {
    struct worker workers[CREW_MOST - 1];
    int started;      /* workers that exist */
    atomic_int size;  /* threads that take part, the caller included; 0 and 1: nobody but the caller */
    atomic_bool busy; /* a run is under way */

    atomic_uint_least64_t ticket; /* run << 32 | first << 16 | end */
    _Atomic(crew_part) part;      /* of the run */
    _Atomic(void *) context;
    atomic_int_least64_t first; /* index of the ticket's part 0 */
    atomic_int unfinished;      /* parts */

#if defined(__linux__)
    cpu_set_t allowed; /* processors of this process */
    int callers_processor;
#endif
    bool alone; /* there is but one processor */
    pthread_mutex_t lock;
    pthread_cond_t done;
    atomic_bool caller_waits;
    atomic_int_least64_t runs, woken; /* for crew_counts */
} crew = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

static _Thread_local int seat;

static uint32_t run_of(uint64_t ticket)
{
    return (uint32_t)(ticket >> 32);
}

static uint32_t first_of(uint64_t ticket)
{
    return (uint32_t)(ticket >> 16) & PARTS_MOST;
}

static uint32_t end_of(uint64_t ticket)
{
    return (uint32_t)ticket & PARTS_MOST;
}

static void breathe(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Whether there is still time to look; passes a little of it. */
static bool look_on(int64_t *until)
{
    for (int i = 0; i < LOOKS_A_CLOCK; i++)
        breathe();
    const int64_t now = nanoseconds();
    if (*until == 0)
        *until = now + LOOK_NS;
    return now < *until;
}

static void finish_part(void)
{
    if (atomic_fetch_sub(&crew.unfinished, 1) != 1 || !atomic_load(&crew.caller_waits))
        return;
    pthread_mutex_lock(&crew.lock);
    pthread_cond_signal(&crew.done);
    pthread_mutex_unlock(&crew.lock);
}

/*
 * Takes parts of a run until none is left. What belongs to the run is read before the ticket is changed: the
 * change succeeds only while the run has parts left, and until then nothing of it is written anew.
 */
static void take_parts(uint32_t run, bool from_front)
{
    uint64_t ticket = atomic_load(&crew.ticket);
    while (run_of(ticket) == run && first_of(ticket) < end_of(ticket)) {
        const crew_part part = atomic_load(&crew.part);
        void *context = atomic_load(&crew.context);
        const int64_t first = atomic_load(&crew.first);
        const uint32_t index = from_front ? first_of(ticket) : end_of(ticket) - 1;
        const uint64_t next = from_front ? ticket + (1 << 16) : ticket - 1;
        if (!atomic_compare_exchange_weak(&crew.ticket, &ticket, next))
            continue;
        part(context, first + index);
        finish_part();
        ticket = atomic_load(&crew.ticket);
    }
}

/* Returns the ticket of a run after `seen`. */
static uint64_t next_run(struct worker *self, uint32_t seen)
{
    int64_t until = 0;
    uint64_t ticket;
    do {
        ticket = atomic_load(&crew.ticket);
        if (run_of(ticket) != seen)
            return ticket;
    } while (look_on(&until));
    pthread_mutex_lock(&self->lock);
    atomic_store(&self->asleep, true);
    while (run_of(ticket = atomic_load(&crew.ticket)) == seen)
        pthread_cond_wait(&self->wake, &self->lock);
    atomic_store(&self->asleep, false);
    pthread_mutex_unlock(&self->lock);
    return ticket;
}

static void *work(void *at)
{
    struct worker *self = at;
    uint32_t seen = 0;
    seat = self->index + 1;
    self->begin();
    for (;;) {
        seen = run_of(next_run(self, seen));
        if (self->index + 1 < atomic_load(&crew.size))
            take_parts(seen, false);
    }
    return NULL;
}

static void wake(int count)
{
    for (int i = 0; i < count; i++) {
        struct worker *worker = &crew.workers[i];
        if (!atomic_load(&worker->asleep))
            continue;
        pthread_mutex_lock(&worker->lock);
        pthread_cond_signal(&worker->wake);
        pthread_mutex_unlock(&worker->lock);
        atomic_fetch_add(&crew.woken, 1);
    }
}

/*
 * Keeps the others off the processor on which the caller runs. The system likes to wake a thread where its
 * waker runs, to have both in one cache: there it would wait until the caller sleeps.
 */
static void make_room(void)
{
#if defined(__linux__)
    const int here = sched_getcpu();
    cpu_set_t others = crew.allowed;
    if (here < 0 || here == crew.callers_processor || CPU_COUNT(&others) < 2 ||
        !CPU_ISSET((size_t)here, &others))
        return;
    crew.callers_processor = here;
    CPU_CLR((size_t)here, &others);
    for (int i = 0; i < crew.started; i++)
        pthread_setaffinity_np(crew.workers[i].thread, sizeof others, &others);
#endif
}

static void wait_for_others(void)
{
    int64_t until = 0;
    do {
        if (atomic_load(&crew.unfinished) == 0)
            return;
    } while (look_on(&until));
    pthread_mutex_lock(&crew.lock);
    atomic_store(&crew.caller_waits, true);
    while (atomic_load(&crew.unfinished) != 0)
        pthread_cond_wait(&crew.done, &crew.lock);
    atomic_store(&crew.caller_waits, false);
    pthread_mutex_unlock(&crew.lock);
}

static void run_together(int64_t first, int64_t parts, crew_part part, void *context)
{
    const int others = atomic_load(&crew.size) - 1;
    const uint32_t run = run_of(atomic_load(&crew.ticket)) + 1;
    atomic_store(&crew.part, part);
    atomic_store(&crew.context, context);
    atomic_store(&crew.first, first);
    atomic_store(&crew.unfinished, (int)parts);
    atomic_store(&crew.ticket, (uint64_t)run << 32 | (uint64_t)parts);
    make_room();
    wake(parts - 1 < others ? (int)parts - 1 : others);
    take_parts(run, true);
    wait_for_others();
    atomic_fetch_add(&crew.runs, 1);
}

static bool all_are_asleep(void)
{
    for (int i = 0; i + 1 < atomic_load(&crew.size); i++)
        if (!atomic_load(&crew.workers[i].asleep))
            return false;
    return true;
}

void crew_run(int64_t parts, double work, crew_part part, void *context)
{
    if (parts <= 1 || atomic_load(&crew.size) <= 1 || crew.alone ||
        (work < CREW_WAKE_NS && all_are_asleep()) || atomic_exchange(&crew.busy, true)) {
        for (int64_t i = 0; i < parts; i++)
            part(context, i);
        return;
    }
    for (int64_t first = 0; first < parts; first += PARTS_MOST)
        run_together(first, parts - first < PARTS_MOST ? parts - first : PARTS_MOST, part, context);
    atomic_store(&crew.busy, false);
}

int crew_seat(void)
{
    return seat;
}

int crew_size(void)
{
    const int size = atomic_load(&crew.size);
    return size < 1 ? 1 : size;
}

struct crew_counts crew_counts(void)
{
    struct crew_counts counts = {atomic_load(&crew.runs), atomic_load(&crew.woken), crew.started, 0};
    for (int i = 0; i < crew.started; i++)
        counts.asleep += atomic_load(&crew.workers[i].asleep);
    return counts;
}

/* A child of fork has this thread alone. */
static void forget_workers(void)
{
    atomic_store(&crew.size, 1);
    crew.started = 0;
    pthread_mutex_init(&crew.lock, NULL);
    atomic_store(&crew.busy, false);
}

/* One more thread, which takes no signals: they are for the thread that the program began with. */
static int start_worker(void (*begin)(void))
{
    struct worker *worker = &crew.workers[crew.started];
    sigset_t all, before;
    *worker = (struct worker){.index = crew.started, .begin = begin};
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wake, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&worker->thread, NULL, work, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error)
        return error;
    pthread_detach(worker->thread);
    crew.started++;
    return 0;
}

static void look_at_processors(void)
{
#if defined(__linux__)
    crew.callers_processor = -1;
    if (sched_getaffinity(0, sizeof crew.allowed, &crew.allowed) != 0)
        CPU_ZERO(&crew.allowed);
    crew.alone = CPU_COUNT(&crew.allowed) == 1;
#endif
}

bool crew_start(int threads, void (*begin)(void), struct error *err)
{
    static bool watches_forks;
    if (threads > CREW_MOST)
        threads = CREW_MOST;
    if (threads > 1)
        look_at_processors();
    if (threads > 1 && !watches_forks)
        watches_forks = pthread_atfork(NULL, NULL, forget_workers) == 0;
    while (crew.started < threads - 1) {
        const int error = start_worker(begin);
        if (error)
            return fail(
                err, ERROR_MACHINE,
                "the system refuses thread %d of %d (%s); use fewer with --threads, or raise the limit "
                "(ulimit -u)",
                crew.started + 2, threads, strerror(error));
    }
    atomic_store(&crew.size, threads);
    return true;
}
