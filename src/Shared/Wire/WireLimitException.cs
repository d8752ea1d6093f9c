namespace Discovery.Wire;

/// <summary>A <see cref="WireBuffer"/> was asked to grow past its limit.</summary>
/// <param name="bytesMax">The limit of the buffer.</param>
internal sealed class WireLimitException(int bytesMax)
    : InvalidOperationException($"The message is larger than its limit of {bytesMax} bytes.")
{
    /// <summary>The limit of the buffer.</summary>
    public int BytesMax { get; } = bytesMax;
}
