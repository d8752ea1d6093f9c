using Discovery.Storage;

namespace Discovery.Testing;

/// <summary>An open file of a <see cref="SimulatedDisk"/>.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk, string path, SimulatedInode inode) : IDiskFile
{
    private bool _isClosed;

    public string Path => path;

    public long Length => inode.Length;

    public int Read(long offset, Span<byte> into)
    {
        Check();
        return inode.Read(offset, into);
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Check();
        disk.Write(inode, path, offset, bytes);
    }

    public void Allocate(long length)
    {
        Check();
        disk.Allocate(inode, path, length);
    }

    public void SetLength(long length)
    {
        Check();
        disk.Call("set length", path, () => inode.SetLength(length));
    }

    public ValueTask SyncAsync()
    {
        Check();
        return disk.SyncAsync(inode, path);
    }

    public void Dispose() => _isClosed = true;

    private void Check()
    {
        disk.CheckPower();
        ObjectDisposedException.ThrowIf(_isClosed, this);
    }
}
