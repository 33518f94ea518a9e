import java.util.List;

public final class Acceptance {
    public static void main(String[] arguments) {
        var given = List.of(
            new Intervals.Interval(10, 11), new Intervals.Interval(9, 10), new Intervals.Interval(12, 13),
            new Intervals.Interval(12, 12), new Intervals.Interval(20, 30), new Intervals.Interval(21, 22));
        var wanted = List.of(
            new Intervals.Interval(9, 11), new Intervals.Interval(12, 13), new Intervals.Interval(20, 30));
        assert Intervals.merge(given).equals(wanted) : Intervals.merge(given);
    }
}
