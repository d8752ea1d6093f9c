using System.Runtime.InteropServices;

namespace Discovery.Runtime;

/// <summary>The disk of this machine.</summary>
internal sealed partial class PhysicalFileSystem : IFileSystem
{
    private const int ReadOnlyDirectory = 0;

    // What a file that another one has locked is refused with: on Windows, Linux and macOS.
    private const int SharingViolation = 32;
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public bool Exists(string path) => File.Exists(path);

    public byte[] Read(string path) => File.ReadAllBytes(path);

    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(bytes);
    }

    public void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        file.Flush(flushToDisk: true);
    }

    public void Move(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    // Windows writes names through by itself, and opens no directory as a file.
    public void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(path, ReadOnlyDirectory);
        if (descriptor < 0)
        {
            throw Failure(path);
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw Failure(path);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    public IDisposable? Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is SharingViolation or WouldBlockLinux or WouldBlockMac)
        {
            return null;
        }
    }

    private static IOException Failure(string path) =>
        new($"Directory {path} could not be synced: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
