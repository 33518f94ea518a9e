import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Half-open intervals of whole numbers. */
public final class Intervals {
    public record Interval(int from, int to) {}

    private Intervals() {}

    /** Sorted, and without any overlap. */
    public static List<Interval> merge(List<Interval> given) {
        List<Interval> sorted = new ArrayList<>(given);
        sorted.sort(Comparator.comparingInt(Interval::from));
        List<Interval> merged = new ArrayList<>();
        for (Interval next : sorted) {
            Interval last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && next.from() < last.to()) {
                merged.set(merged.size() - 1, new Interval(last.from(), Math.max(last.to(), next.to())));
            } else {
                merged.add(next);
            }
        }
        return merged;
    }
}
