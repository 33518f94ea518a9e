import java.util.Arrays;

public final class Acceptance {
    public static void main(String[] arguments) {
        String wide = Arrays.deepToString(Matrix.turned(new int[][] {{1, 2, 3}, {4, 5, 6}}));
        assert wide.equals("[[4, 1], [5, 2], [6, 3]]") : wide;
        String square = Arrays.deepToString(Matrix.turned(new int[][] {{1, 2}, {3, 4}}));
        assert square.equals("[[3, 1], [4, 2]]") : square;
    }
}
