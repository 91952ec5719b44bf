package io.millrace.storage.local;

import io.millrace.storage.Damage;
import java.util.List;

/**
 * What recovery found.
 *
 * @param files journal files read
 * @param groups groups replayed
 * @param copiedGroups groups that may not have been synced before and were written and synced anew
 * @param cut where the torn tail was cut off, empty where the journal ended cleanly
 * @param damages places that were synced and are damaged
 */
public record RecoveryReport(int files, long groups, int copiedGroups, String cut, List<Damage> damages) {}
