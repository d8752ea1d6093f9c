namespace Discovery;

/// <summary>
/// One kind of rendering of views or instances: their JSON, their DNS records. Keep one static object per kind; it is the key under which
/// what was made is found again.
/// </summary>
/// <remarks>
/// A rendering goes away with the view or the instance that it shows, and before that when the node's renderings exceed their budget
/// (<see cref="CatalogOptions.RenderingBytesMax"/>); it is made again when it is asked for again.
/// </remarks>
/// <typeparam name="T">What is made; immutable, for all readers share it.</typeparam>
/// <param name="name">Its name, for people.</param>
/// <param name="bytes">Tells how much memory a rendering takes.</param>
public sealed class Rendering<T>(string name, Func<T, int> bytes)
    where T : class
{
    /// <summary>Its name, for people.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    internal Func<T, int> Bytes { get; } = bytes ?? throw new ArgumentNullException(nameof(bytes));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
