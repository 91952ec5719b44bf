package io.millrace.api.metrics;

import java.util.List;

/** Every metric of the broker, declared once: its name, what it is, what it is told apart by. */
public enum Metric {
    BUILD(Kind.GAUGE, "millrace_build", "Always 1; the label says which version runs.", "version"),
    READY(Kind.GAUGE, "millrace_ready", "1 while the broker serves, else 0."),
    FAILED_SHARDS(Kind.GAUGE, "millrace_failed_shards", "Shards that have stopped because their storage has failed."),
    HAS_SPACE(Kind.GAUGE, "millrace_storage_has_space", "1 while new messages are taken, 0 while space is short."),
    BEHIND(
            Kind.GAUGE,
            "millrace_storage_behind",
            "1 while new messages wait until what lives in an old journal file is moved, else 0."),
    STORAGE_USED(Kind.GAUGE, "millrace_storage_used_bytes", "Bytes of the files in the data directory."),
    STORAGE_FREE(Kind.GAUGE, "millrace_storage_free_bytes", "Bytes that the disk of the data directory has left."),
    DAMAGES(Kind.GAUGE, "millrace_storage_damages", "Places that were found damaged, at the start or since."),
    JOURNAL_GROUPS(
            Kind.COUNTER,
            "millrace_journal_groups",
            "Groups of records that were synced; on BookKeeper, entries of ledgers."),
    JOURNAL_WRITTEN(
            Kind.COUNTER, "millrace_journal_written_bytes", "Bytes written to the journal, headers and padding too."),
    JOURNAL_SYNC(
            Kind.SUMMARY,
            "millrace_journal_sync_seconds",
            "How long syncs of the journal took; on BookKeeper, appends."),
    JOURNAL_SIZE(Kind.GAUGE, "millrace_journal_size_bytes", "Bytes of the journal that are kept."),
    QUEUES(Kind.GAUGE, "millrace_queues", "Queues that exist."),
    QUEUES_ADDED_UP(
            Kind.GAUGE,
            "millrace_queues_added_up",
            "Queues beyond the cap that have no series of their own; space \"*\" has their sum."),
    QUEUE_MESSAGES(
            Kind.GAUGE,
            "millrace_queue_messages",
            "Messages of a queue, by where they stand.",
            "space",
            "queue",
            "state"),
    QUEUE_WAITING(Kind.GAUGE, "millrace_queue_waiting_receives", "Receives that wait for a message.", "space", "queue"),
    QUEUE_PUBLISHED(Kind.COUNTER, "millrace_queue_published", "Messages stored.", "space", "queue"),
    QUEUE_DELIVERED(Kind.COUNTER, "millrace_queue_delivered", "Deliveries, first and further ones.", "space", "queue"),
    QUEUE_REDELIVERED(
            Kind.COUNTER,
            "millrace_queue_redelivered",
            "Deliveries that were not the first of their message.",
            "space",
            "queue"),
    QUEUE_ACKNOWLEDGED(
            Kind.COUNTER, "millrace_queue_acknowledged", "Messages settled by a consumer.", "space", "queue"),
    QUEUE_RELEASED(Kind.COUNTER, "millrace_queue_released", "Messages given back by a consumer.", "space", "queue"),
    QUEUE_REJECTED(Kind.COUNTER, "millrace_queue_rejected", "Messages refused by a consumer.", "space", "queue"),
    QUEUE_EXPIRED(Kind.COUNTER, "millrace_queue_expired_leases", "Leases that ran out.", "space", "queue"),
    QUEUE_MESSAGES_EXPIRED(
            Kind.COUNTER,
            "millrace_queue_messages_expired",
            "Messages that ended unconsumed when their time was over.",
            "space",
            "queue"),
    QUEUE_DEAD_LETTERS(
            Kind.COUNTER,
            "millrace_queue_dead_letters",
            "Messages that were not delivered any more and became dead letters.",
            "space",
            "queue"),
    TOPICS(Kind.GAUGE, "millrace_topics", "Topics that exist."),
    PARTITIONS_ADDED_UP(
            Kind.GAUGE,
            "millrace_topic_partitions_added_up",
            "Partitions of topics beyond the cap that have no series of their own; space \"*\" has their sum."),
    TOPIC_PUBLISHED(Kind.COUNTER, "millrace_topic_published", "Messages stored.", "space", "topic", "partition"),
    TOPIC_BYTES(
            Kind.GAUGE,
            "millrace_topic_bytes",
            "Bytes that storage keeps of a partition.",
            "space",
            "topic",
            "partition"),
    TOPIC_EARLIEST(
            Kind.GAUGE,
            "millrace_topic_earliest_offset",
            "The offset of the first message of a partition that is kept.",
            "space",
            "topic",
            "partition"),
    TOPIC_END(
            Kind.GAUGE,
            "millrace_topic_end_offset",
            "The offset behind the last message of a partition that can be read.",
            "space",
            "topic",
            "partition"),
    QUEUE_OVERFLOWED(
            Kind.COUNTER,
            "millrace_queue_overflowed",
            "Messages that have had to go because their queue was too long, dead letters among them.",
            "space",
            "queue"),
    QUEUE_REFUSED(
            Kind.COUNTER,
            "millrace_queue_refused",
            "Messages that were not taken because their queue was full.",
            "space",
            "queue"),
    QUEUE_WAITING_BYTES(
            Kind.GAUGE,
            "millrace_queue_waiting_bytes",
            "Bytes of the messages that wait, of queues that are bounded in bytes; else 0.",
            "space",
            "queue"),
    SCHEDULES(Kind.GAUGE, "millrace_schedules", "Schedules that exist."),
    SCHEDULES_FAILING(
            Kind.GAUGE, "millrace_schedules_failing", "Schedules that cannot fire just now for a time that is due."),
    SCHEDULE_FIRED(Kind.COUNTER, "millrace_schedule_fired", "Due times for which schedules have fired."),
    SCHEDULE_MISSED(
            Kind.COUNTER,
            "millrace_schedule_missed",
            "How often a schedule was found to have missed due times, one or many at once, for over a minute."),
    SCHEDULE_FAILED(Kind.COUNTER, "millrace_schedule_failed", "Firings that were refused, and are tried again."),
    HTTP_REQUESTS(
            Kind.COUNTER,
            "millrace_http_requests",
            "Requests answered, by route and status; status 0: the client went away before.",
            "route",
            "status"),
    HTTP_UNDER_WAY(Kind.GAUGE, "millrace_http_requests_under_way", "Requests that are not answered yet."),
    HTTP_CONNECTIONS(Kind.GAUGE, "millrace_http_connections", "Connections to the HTTP door that are open."),
    HTTP_REQUEST_BYTES(
            Kind.GAUGE, "millrace_http_request_memory_bytes", "Bytes of requests that arrive or are worked on."),
    HTTP_ANSWER_BYTES(
            Kind.GAUGE, "millrace_http_answer_memory_bytes", "Bytes of answers with messages that are not sent yet."),
    JVM_HEAP_USED(Kind.GAUGE, "millrace_jvm_heap_used_bytes", "Heap in use."),
    JVM_HEAP_MAX(Kind.GAUGE, "millrace_jvm_heap_max_bytes", "The most heap that may be used."),
    JVM_DIRECT(
            Kind.GAUGE,
            "millrace_jvm_direct_memory_bytes",
            "Memory outside of the heap for buffers, by who allocates it.",
            "allocator"),
    JVM_GC(Kind.SUMMARY, "millrace_jvm_gc_seconds", "Garbage collections and the time that they took.", "collector"),
    JVM_THREADS(Kind.GAUGE, "millrace_jvm_threads", "Threads alive."),
    JVM_START(Kind.GAUGE, "millrace_jvm_start_time_seconds", "When the process was started, in seconds since 1970.");

    /** What a metric is. */
    public enum Kind {
        /** Only grows, until the broker starts again; exposed with the suffix _total. */
        COUNTER,
        /** What it is at the moment. */
        GAUGE,
        /** A count and a sum, exposed with the suffixes _count and _sum. */
        SUMMARY
    }

    private final Kind kind;
    private final String id;
    private final String help;
    /** The names of the labels, with commas between. */
    private final String labels;

    Metric(Kind kind, String id, String help, String... labels) {
        this.kind = kind;
        this.id = id;
        this.help = help;
        this.labels = String.join(",", labels);
    }

    /** What it is. */
    public Kind kind() {
        return kind;
    }

    /** Its name without a suffix. */
    public String id() {
        return id;
    }

    /** What it says. */
    public String help() {
        return help;
    }

    /** What it is told apart by. */
    public List<String> labels() {
        return labels.isEmpty() ? List.of() : List.of(labels.split(","));
    }
}
