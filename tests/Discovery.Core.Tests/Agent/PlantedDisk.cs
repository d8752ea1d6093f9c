using Discovery.Runtime;

namespace Discovery.Agent;

/// <summary>A disk in memory that crashes at a call, fills up, fails, and forgets what was not synced.</summary>
/// <remarks>
/// A file's bytes are safe when the file was synced, its name when its directory was. What is not safe may or may not be there after a
/// crash: <see cref="DiskLoss"/> says which.
/// </remarks>
internal sealed class PlantedDisk : IFileSystem
{
    private readonly SortedDictionary<string, Content> _now = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Content> _safe = new(StringComparer.Ordinal);
    private bool _isDown;

    /// <summary>How many calls there were.</summary>
    public int Calls { get; private set; }

    /// <summary>The call that the power fails at; it is carried out first when <see cref="CrashesAfterCall"/>.</summary>
    public int CrashAt { get; set; } = int.MaxValue;

    public bool CrashesAfterCall { get; set; }

    public bool IsFull { get; set; }

    public bool FailsToSyncDirectories { get; set; }

    /// <summary>Whether it says that it synced, and did not.</summary>
    public bool LiesAboutSyncs { get; set; }

    /// <summary>The files there are, by path.</summary>
    public IReadOnlyList<string> Paths => [.. _now.Keys];

    /// <summary>The power comes back.</summary>
    public void Restart(DiskLoss loss)
    {
        var survivors = new SortedDictionary<string, Content>(loss == DiskLoss.NamesAndBytes ? _safe : _now, StringComparer.Ordinal);
        _now.Clear();
        _safe.Clear();
        foreach ((string path, Content content) in survivors)
        {
            byte[] bytes = content.Safe ?? content.Bytes[..(content.Bytes.Length / 2)];
            _now[path] = _safe[path] = new Content(bytes) { Safe = bytes };
        }

        _isDown = false;
        CrashAt = int.MaxValue;
    }

    /// <summary>Puts a file there, safely.</summary>
    public void Plant(string path, byte[] bytes) => _now[path] = _safe[path] = new Content(bytes) { Safe = bytes };

    public byte[] Peek(string path) => _now[path].Bytes;

    public void CreateDirectory(string path) => Call(static () => { });

    public IReadOnlyList<string> ListFiles(string directory) =>
        [.. _now.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(static path => Path.GetFileName(path))];

    public bool Exists(string path) => _now.ContainsKey(path);

    public byte[] Read(string path) => _now.TryGetValue(path, out Content? content) ? content.Bytes : throw new FileNotFoundException(path);

    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        Call(() =>
        {
            _now[path] = new Content(IsFull ? copy[..(copy.Length / 2)] : copy);
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }
        });
    }

    public void Sync(string path) => Call(() => _now[path].Safe = LiesAboutSyncs ? null : _now[path].Bytes);

    public void Move(string from, string to) => Call(() =>
    {
        _now[to] = _now[from];
        _now.Remove(from);
    });

    public void Delete(string path) => Call(() => _now.Remove(path));

    public void SyncDirectory(string path) => Call(() =>
    {
        if (FailsToSyncDirectories)
        {
            throw new IOException("Input/output error");
        }

        if (LiesAboutSyncs)
        {
            return;
        }

        foreach (string gone in _safe.Keys.Where(one => Path.GetDirectoryName(one) == path).ToArray())
        {
            _safe.Remove(gone);
        }

        foreach ((string one, Content content) in _now.Where(pair => Path.GetDirectoryName(pair.Key) == path))
        {
            _safe[one] = content;
        }
    });

    public IDisposable Lock(string path) => new MemoryStream();

    private void Call(Action act)
    {
        if (_isDown)
        {
            throw new PowerFailure();
        }

        bool isCrash = ++Calls == CrashAt;
        if (!isCrash || CrashesAfterCall)
        {
            act();
        }

        if (isCrash)
        {
            _isDown = true;
            throw new PowerFailure();
        }
    }

    /// <summary>The end of the process: nobody catches it.</summary>
    internal sealed class PowerFailure : Exception;

    private sealed class Content(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public byte[]? Safe { get; set; }
    }
}

/// <summary>What a crash takes of what was not synced.</summary>
internal enum DiskLoss
{
    /// <summary>The names are as they were last, the bytes of files that were not synced are half there.</summary>
    Bytes,

    /// <summary>The names are as they were when their directory was synced.</summary>
    NamesAndBytes,
}
