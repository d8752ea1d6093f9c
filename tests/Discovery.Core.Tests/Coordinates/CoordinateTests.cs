namespace Discovery.Coordinates;

public sealed class CoordinateTests
{
    [Theory]
    [InlineData(0, 0, 0, 0, 0.0, 0.0)]
    [InlineData(3, 4, 0, 0, 0.0, 5.0)]
    [InlineData(3, 4, 0.5, 0.25, 0.0, 5.75)]
    [InlineData(3, 4, 0.5, 0.25, -1.0, 4.75)]
    [InlineData(3, 4, 0, 0, -5.0, 5.0)]
    [InlineData(3, 4, 0, 0, -6.0, 5.0)]
    public void DistanceTo_PlacesHeightsAndAdjustments_IsSerfsFormula(
        double x, double y, double height, double otherHeight, double adjustment, double expected)
    {
        var a = new Coordinate([x, y, 0, 0, 0, 0, 0, 0], 1, adjustment, height);
        var b = new Coordinate(new double[8], 1, 0, otherHeight);
        Assert.Equal(expected, a.DistanceTo(b));
        Assert.Equal(expected, b.DistanceTo(a));
    }

    [Fact]
    public void DistanceTo_OtherDimensions_Throws() => Assert.Throws<ArgumentException>(
        () => new Coordinate(new double[8], 1, 0, 0).DistanceTo(new Coordinate(new double[3], 1, 0, 0)));

    [Fact]
    public void Equals_SameNumbers_IsTrue()
    {
        var a = new Coordinate([1, 2, 3, 4, 5, 6, 7, 8], 1, 2, 3);
        Assert.Equal(a, a with { Vector = [1, 2, 3, 4, 5, 6, 7, 8] });
        Assert.NotEqual(a, a with { Vector = [1, 2, 3, 4, 5, 6, 7, 9] });
        Assert.NotEqual(a, a with { Height = 4 });
        Assert.Equal(a.GetHashCode(), (a with { Vector = [1, 2, 3, 4, 5, 6, 7, 8] }).GetHashCode());
    }
}
