import java.util.List;

/** Run with -ea. */
public final class IntervalsTest {
    static void overlapping() {
        var merged = Intervals.merge(List.of(new Intervals.Interval(3, 6), new Intervals.Interval(1, 4)));
        assert merged.equals(List.of(new Intervals.Interval(1, 6))) : merged;
    }

    static void apart() {
        var given = List.of(new Intervals.Interval(1, 2), new Intervals.Interval(4, 5));
        assert Intervals.merge(given).equals(given);
    }

    public static void main(String[] arguments) {
        overlapping();
        apart();
    }
}
