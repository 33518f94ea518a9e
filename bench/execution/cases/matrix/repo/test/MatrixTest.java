import java.util.Arrays;

/** Run with -ea. */
public final class MatrixTest {
    static void square() {
        String turned = Arrays.deepToString(Matrix.turned(new int[][] {{1, 2}, {3, 4}}));
        assert turned.equals("[[3, 1], [4, 2]]") : turned;
    }

    public static void main(String[] arguments) {
        square();
    }
}
