package io.millrace.storage.run;

import java.util.ArrayList;
import java.util.List;

/**
 * Which runs are merged: as many as the fan-in says, of one tier. A run written from a head is of tier 0, and fan-in
 * times as large is one tier up; so each record is written once for each tier, and of n records there are fewer than
 * fan-in runs a tier and log(n / head) to the base fan-in tiers.
 */
final class RunTiers {
    private RunTiers() {}

    /** The runs of the lowest tier that has enough of them; empty where none has. */
    static List<Run> pick(List<Run> runs, OrderedIndexOptions options) {
        List<List<Run>> tiers = new ArrayList<>();
        for (Run run : runs) {
            int tier = tier(run.layout().records(), options);
            while (tiers.size() <= tier) {
                tiers.add(new ArrayList<>());
            }
            tiers.get(tier).add(run);
        }
        return tiers.stream()
                .filter(tier -> tier.size() >= options.fanIn())
                .findFirst()
                .orElse(List.of());
    }

    private static int tier(long records, OrderedIndexOptions options) {
        int tier = 0;
        for (long above = records / options.headRecords(); above >= options.fanIn(); above /= options.fanIn()) {
            tier++;
        }
        return tier;
    }
}
