using System.Buffers;

namespace Discovery.Transport;

/// <summary>A part of a snapshot on its way out; its array comes from the pool and goes back when it is sent.</summary>
internal sealed class SnapshotPiece(FrameType type, byte[] rented, int count)
{
    public FrameType Type => type;

    public ReadOnlyMemory<byte> Bytes => rented.AsMemory(0, count);

    public void Release() => ArrayPool<byte>.Shared.Return(rented);
}
