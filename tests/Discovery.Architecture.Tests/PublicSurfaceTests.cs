namespace Discovery.Architecture;

public sealed class PublicSurfaceTests
{
    public static TheoryData<string> Built => [.. BuiltPackages.Names];

    [Theory]
    [MemberData(nameof(Built))]
    public void Surface_OfPackage_IsItsBaseline(string name)
    {
        string path = Path.Combine(Repository.Root, "src", name, "PublicAPI.txt");
        string actual = PublicSurface.Dump(BuiltPackages.Load(name).GetTypes());
        if (Environment.GetEnvironmentVariable("REWRITE") == "1")
        {
            File.WriteAllText(path, actual);
        }

        string[] expected = File.Exists(path) ? File.ReadAllText(path).Split('\n') : [];
        string[] differences = [.. Differences(expected, actual.Split('\n'))];
        if (differences.Length > 0)
        {
            Assert.Fail($"The public surface of {name} is not src/{name}/PublicAPI.txt (REWRITE=1 regenerates it):\n" +
                string.Join('\n', differences));
        }
    }

    [Fact]
    public void Surface_OfKnownTypes_IsTheKnownText()
    {
        string actual = PublicSurface.Dump([typeof(PlantedExtensions), .. typeof(Planted).GetNestedTypes()]);
        const string expected = """
            delegate string? Discovery.Architecture.Planted.Asks(in int number, ref string? text)
            class Discovery.Architecture.Planted.Base
              new()
              protected virtual int Turn(int[]? numbers)
            enum Discovery.Architecture.Planted.Kind : byte
              One = 1
              Two = 2
            sealed record Discovery.Architecture.Planted.Pair : IEquatable<Pair>
              Dictionary<string, string?>? Right { get; init; }
              int Left { get; init; }
              new(int Left, Dictionary<string, string?>? Right = null)
            readonly struct Discovery.Architecture.Planted.Point
              const int Zero = 0
              readonly int X
            sealed class Discovery.Architecture.Planted.User : Base, IDisposable
              event Action? Changed
              new()
              protected override int Turn(int[]? numbers)
              required string Name { get; set; }
              string this[int index] { get; }
              void Dispose()
            static class Discovery.Architecture.PlantedExtensions
              static T First<T>(this IEnumerable<T> all)
              static T First<T>(this IEnumerable<T> all, params string[] names) where T : class, IDisposable

            """;
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Differences_WithPlantedChange_TellBothSides() =>
        Assert.Equal(["- b", "+ c"], Differences(["a", "b"], ["a", "c"]));

    private static IEnumerable<string> Differences(string[] expected, string[] actual) =>
        expected.Except(actual, StringComparer.Ordinal).Select(line => "- " + line)
            .Concat(actual.Except(expected, StringComparer.Ordinal).Select(line => "+ " + line))
            .DefaultIfEmpty(expected.SequenceEqual(actual, StringComparer.Ordinal) ? "" : "the same lines, elsewhere or more often")
            .Where(line => line.Length > 0);
}
