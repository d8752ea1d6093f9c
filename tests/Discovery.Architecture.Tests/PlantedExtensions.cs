namespace Discovery.Architecture;

/// <summary>A public extension method, for the test of the dump itself.</summary>
public static class PlantedExtensions
{
    public static T First<T>(this IEnumerable<T> all) => all.Single();

    public static T First<T>(this IEnumerable<T> all, params string[] names)
        where T : class, IDisposable => all.Single(one => names.Contains(one.ToString(), StringComparer.Ordinal));
}
