public final class Matrix {
    private Matrix() {}

    /** By 90 degrees, clockwise. */
    public static int[][] turned(int[][] rows) {
        int[][] turned = new int[rows.length][rows.length];
        for (int row = 0; row < rows.length; row++) {
            for (int column = 0; column < rows[row].length; column++) {
                turned[column][rows.length - 1 - row] = rows[row][column];
            }
        }
        return turned;
    }
}
