using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Discovery.Storage;

/// <summary>The disk of this machine, with a thread for each lane that is used.</summary>
internal sealed partial class PhysicalDisk : IDisk, IDisposable
{
    private const int ReadOnlyDirectory = 0;

    // What a file that another one has locked is refused with: on Windows, Linux and macOS.
    private const int SharingViolation = 32;
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;

    private readonly Lazy<DiskThread>[] _lanes =
        [.. Enum.GetNames<DiskLane>().Select(static name => new Lazy<DiskThread>(() => new DiskThread($"Discovery disk: {name}")))];

    public Task<T> RunAsync<T>(DiskLane lane, Func<Task<T>> work) => _lanes[(int)lane].Value.RunAsync(work);

    public Task<T> RunThroughAsync<T>(DiskLane lane, Func<Task<T>> work) =>
        _lanes[(int)lane].Value.RunAsync(work, TaskCreationOptions.None);

    public bool TryPost(DiskLane lane, Action work) => _lanes[(int)lane].Value.TryPost(work);

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public IDiskFile Open(string path) =>
        new PhysicalFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public IDiskFile Create(string path)
    {
        var file = new PhysicalFile(
            path, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    public void Move(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    // Windows writes names through by itself, and opens no directory as a file.
    public ValueTask SyncDirectoryAsync(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return ValueTask.CompletedTask;
        }

        int descriptor = OpenDescriptor(path, ReadOnlyDirectory);
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
            _ = CloseDescriptor(descriptor);
        }

        return ValueTask.CompletedTask;
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

    public void Dispose()
    {
        foreach (Lazy<DiskThread> lane in _lanes)
        {
            if (lane.IsValueCreated)
            {
                lane.Value.Dispose();
            }
        }
    }

    private static IOException Failure(string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{path} could not be synced: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);

    private sealed class PhysicalFile(string path, SafeFileHandle handle) : IDiskFile
    {
        // An interrupted call is no failed one. The number is the same wherever fdatasync is called.
        private const int Interrupted = 4;

        private static readonly byte[] Zeros = new byte[256 << 10];

        public string Path => path;

        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> into)
        {
            int total = 0;
            while (total < into.Length)
            {
                int read = RandomAccess.Read(handle, into[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void Allocate(long length)
        {
            for (long at = Length; at < length; at += Zeros.Length)
            {
                RandomAccess.Write(handle, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, length - at)), at);
            }
        }

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        // Elsewhere the runtime's flush is what there is: on macOS it also empties the drive's cache.
        public ValueTask SyncAsync()
        {
            if (!OperatingSystem.IsLinux())
            {
                RandomAccess.FlushToDisk(handle);
                return ValueTask.CompletedTask;
            }

            while (Fdatasync(handle) != 0)
            {
                if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    throw Failure(path);
                }
            }

            return ValueTask.CompletedTask;
        }

        public void Dispose() => handle.Dispose();
    }
}
