namespace Discovery;

/// <summary>Limits of the catalog of one node; section <c>Discovery:Catalog</c>.</summary>
public sealed class CatalogOptions
{
    /// <summary>
    /// How much memory the renderings of views and instances (<see cref="Rendering{T}"/>) may take together. One that takes more than a
    /// quarter of it is made anew for every reader.
    /// </summary>
    /// <value>64 MiB.</value>
    public long RenderingBytesMax { get; set; } = 64 * 1024 * 1024;
}
