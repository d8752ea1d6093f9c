using Discovery.Storage;

namespace Discovery.Testing;

/// <summary>A disk in memory that does what disks do: it tears, loses, damages, misdirects, fills up, stalls, and fails to sync.</summary>
/// <remarks>
/// A sector of 512 bytes is safe when its file was synced after it was written, a name when its directory was. After a power failure each
/// sector, length and name that is not safe is, by the seed, what it was or what it became at any time since; independently of all others.
/// There is no real IO and no thread; time passes only in syncs that stall. The same calls with the same seed give the same disk.
/// </remarks>
internal sealed class SimulatedDisk : IDisk
{
    private const int FullResult = 28;

    private readonly SortedDictionary<string, SimulatedInode> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedInode> _safeNames = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<SimulatedInode?>> _dirtyNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly Task[] _lanes = [Task.CompletedTask, Task.CompletedTask, Task.CompletedTask];
    private readonly Random _random;
    private readonly TimeProvider? _time;
    private bool _isDown;

    /// <summary>Makes an empty disk.</summary>
    /// <param name="seed">Decides what is lost.</param>
    /// <param name="time">The clock of syncs that stall; without one they cannot.</param>
    public SimulatedDisk(int seed = 1, TimeProvider? time = null)
    {
        _random = new Random(seed);
        _time = time;
    }

    /// <summary>How many calls changed something or synced.</summary>
    public int Calls { get; private set; }

    /// <summary>What was called, when it is kept.</summary>
    public List<string>? Trace { get; set; }

    /// <summary>The call that the power fails at; it is carried out first when <see cref="CrashesAfterCall"/>.</summary>
    public int CrashAt { get; set; } = int.MaxValue;

    public bool CrashesAfterCall { get; set; }

    /// <summary>The kind of call that the power fails at the next time, such as "move".</summary>
    public string? CrashOn { get; set; }

    /// <summary>The kind of call that the disk says no to the next time, such as "move"; nothing is changed then.</summary>
    public string? FailOn { get; set; }

    /// <summary>How many bytes files may still grow by.</summary>
    public long RoomBytes { get; set; } = long.MaxValue / 2;

    /// <summary>The sync, of a file or a directory, that fails.</summary>
    public int FailSyncAt { get; set; } = int.MaxValue;

    /// <summary>How many syncs there were.</summary>
    public int Syncs => FileSyncs + DirectorySyncs;

    /// <summary>How long each sync takes.</summary>
    public TimeSpan SyncStall { get; set; }

    /// <summary>Draws how long a sync takes beyond that.</summary>
    public Func<TimeSpan>? SyncTakes { get; set; }

    /// <summary>Told of the call in which the power failed.</summary>
    public Action<string>? PowerFailed { get; set; }

    /// <summary>Whether it says that it synced, and did not.</summary>
    public bool LiesAboutSyncs { get; set; }

    /// <summary>By how much the next write misses its place; 0 when it does not.</summary>
    public long MisdirectsNextWriteBy { get; set; }

    /// <summary>The syncs of files that were asked for, and those of directories.</summary>
    public int FileSyncs { get; private set; }

    public int DirectorySyncs { get; private set; }

    /// <summary>The files there are, by path.</summary>
    public IReadOnlyList<string> Paths => [.. _names.Keys];

    /// <summary>The disk as it is found after a power failure now; this one stays as it is.</summary>
    public SimulatedDisk Crashed(int seed, TimeProvider? time = null)
    {
        var disk = new SimulatedDisk(seed, time ?? _time) { RoomBytes = RoomBytes };
        var copies = new Dictionary<SimulatedInode, SimulatedInode>();
        var names = new SortedDictionary<string, SimulatedInode>(_safeNames, StringComparer.Ordinal);
        foreach ((string path, List<SimulatedInode?> versions) in _dirtyNames)
        {
            int kept = disk._random.Next(versions.Count + 1);
            if (kept > 0 && versions[kept - 1] is { } inode)
            {
                names[path] = inode;
            }
            else if (kept > 0)
            {
                names.Remove(path);
            }
        }

        foreach ((string path, SimulatedInode inode) in names)
        {
            if (!copies.TryGetValue(inode, out SimulatedInode? copy))
            {
                copies[inode] = copy = inode.Crashed(disk._random);
            }

            disk._names[path] = disk._safeNames[path] = copy;
        }

        return disk;
    }

    /// <summary>The process ends and the machine does not: what was written can still be read, and is as safe as before.</summary>
    public void EndProcess()
    {
        _locks.Clear();
        _isDown = false;
        CrashAt = FailSyncAt = int.MaxValue;
        CrashOn = FailOn = null;
        Array.Fill(_lanes, Task.CompletedTask);
    }

    /// <summary>The power fails now, between two calls.</summary>
    public void Fail() => _isDown = true;

    /// <summary>A copy of the disk as it is.</summary>
    public SimulatedDisk Clone(int seed = 1)
    {
        var disk = new SimulatedDisk(seed, _time) { RoomBytes = RoomBytes };
        var copies = new Dictionary<SimulatedInode, SimulatedInode>();
        SimulatedInode Copy(SimulatedInode inode) =>
            copies.TryGetValue(inode, out SimulatedInode? copy) ? copy : copies[inode] = inode.Clone();
        foreach ((string path, SimulatedInode inode) in _names)
        {
            disk._names[path] = Copy(inode);
        }

        foreach ((string path, SimulatedInode inode) in _safeNames)
        {
            disk._safeNames[path] = Copy(inode);
        }

        foreach ((string path, List<SimulatedInode?> versions) in _dirtyNames)
        {
            disk._dirtyNames[path] = [.. versions.Select(version => version is null ? null : Copy(version))];
        }

        return disk;
    }

    /// <summary>The bytes of a file.</summary>
    public byte[] Peek(string path)
    {
        var bytes = new byte[_names[path].Length];
        _names[path].Read(0, bytes);
        return bytes;
    }

    /// <summary>Puts a file there, safely; null takes it away.</summary>
    public void Plant(string path, byte[]? bytes)
    {
        _dirtyNames.Remove(path);
        if (bytes is null)
        {
            _names.Remove(path);
            _safeNames.Remove(path);
            return;
        }

        SimulatedInode inode = _names[path] = _safeNames[path] = _names.GetValueOrDefault(path) ?? new SimulatedInode();
        inode.Plant(bytes);
    }

    public async Task<T> RunAsync<T>(DiskLane lane, Func<Task<T>> work)
    {
        Task before = _lanes[(int)lane];
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lanes[(int)lane] = done.Task;
        try
        {
            await before;
            return await work();
        }
        finally
        {
            done.SetResult();
        }
    }

    // It waits for nothing: what is done there may come before or after what the lane has to do, as the scheduler decides.
    public bool TryPost(DiskLane lane, Action work)
    {
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Current);
        return true;
    }

    public void CreateDirectory(string path) => Call("mkdir", path, static () => { });

    public IReadOnlyList<string> List(string directory)
    {
        CheckPower();
        return [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(static path => Path.GetFileName(path))];
    }

    public IDiskFile Open(string path)
    {
        CheckPower();
        SimulatedInode inode = _names.GetValueOrDefault(path) ?? throw new FileNotFoundException($"There is no file {path}.");
        return new SimulatedFile(this, path, inode);
    }

    public IDiskFile Create(string path)
    {
        var inode = new SimulatedInode();
        Call("create", path, () =>
        {
            Free(path);
            SetName(path, inode);
        });
        return new SimulatedFile(this, path, inode);
    }

    public void Move(string from, string to) => Call("move", to, () =>
    {
        SimulatedInode inode = _names.GetValueOrDefault(from) ?? throw new FileNotFoundException($"There is no file {from}.");
        Free(to);
        SetName(to, inode);
        SetName(from, null);
    });

    public void Delete(string path) => Call("delete", path, () =>
    {
        if (_names.ContainsKey(path))
        {
            Free(path);
            SetName(path, null);
        }
    });

    public async ValueTask SyncDirectoryAsync(string path)
    {
        bool fails = ++DirectorySyncs + FileSyncs == FailSyncAt;
        int call = BeginCall("sync directory", path);
        var point = _dirtyNames.Where(entry => Path.GetDirectoryName(entry.Key) == path)
            .Select(static entry => (entry.Key, entry.Value.Count)).ToArray();
        await StallAsync();
        foreach ((string name, int count) in LiesAboutSyncs ? [] : point)
        {
            if (_dirtyNames.TryGetValue(name, out List<SimulatedInode?>? versions) && versions.Count >= count)
            {
                Settle(name, versions, count, fails ? _random.Next(count + 1) : count);
            }
        }

        EndSync(call, "sync directory", path, fails);
    }

    public IDisposable? Lock(string path)
    {
        CheckPower();
        return _locks.Add(path) ? new Held(this, path) : null;
    }

    internal void Call(string what, string path, Action work)
    {
        int call = BeginCall(what, path);
        work();
        EndCall(call, what);
    }

    internal void Write(SimulatedInode inode, string path, long offset, ReadOnlySpan<byte> bytes)
    {
        int call = BeginCall($"write {offset}+{bytes.Length}", path);
        offset = Math.Max(0, offset + MisdirectsNextWriteBy);
        MisdirectsNextWriteBy = 0;
        int fits = (int)Math.Min(bytes.Length, Math.Max(0, inode.Length - offset) + RoomBytes);
        RoomBytes -= Math.Max(0, offset + fits - Math.Max(offset, inode.Length));
        inode.Write(offset, bytes[..fits]);
        EndCall(call, "write");
        if (fits < bytes.Length)
        {
            throw new IOException($"No space left on device: {path}", FullResult);
        }
    }

    internal void Allocate(SimulatedInode inode, string path, long length)
    {
        int call = BeginCall($"allocate {length}", path);
        long growth = Math.Min(RoomBytes, Math.Max(0, length - inode.Length));
        RoomBytes -= growth;
        inode.SetLength(inode.Length + growth);
        EndCall(call, "allocate");
        if (inode.Length < length)
        {
            throw new IOException($"No space left on device: {path}", FullResult);
        }
    }

    internal async ValueTask SyncAsync(SimulatedInode inode, string path)
    {
        bool fails = ++FileSyncs + DirectorySyncs == FailSyncAt;
        int call = BeginCall("sync", path);
        SimulatedInode.SyncPoint point = inode.BeginSync();
        await StallAsync();
        if (fails)
        {
            inode.FailSync(point, _random);
        }
        else if (!LiesAboutSyncs)
        {
            inode.EndSync(point);
        }

        EndSync(call, "sync", path, fails);
    }

    internal void CheckPower()
    {
        if (_isDown)
        {
            throw new DiskCrashException();
        }
    }

    private void EndSync(int call, string what, string path, bool fails)
    {
        EndCall(call, what);
        if (fails)
        {
            throw Failed(path);
        }
    }

    private static IOException Failed(string path) => new($"Input/output error: {path}", 5);

    private async ValueTask StallAsync()
    {
        TimeSpan stall = SyncStall + (SyncTakes?.Invoke() ?? TimeSpan.Zero);
        if (stall > TimeSpan.Zero)
        {
            await Task.Delay(stall, _time ?? throw new InvalidOperationException("a sync is to stall, and there is no clock"));
            CheckPower();
        }
    }

    private int BeginCall(string what, string path)
    {
        CheckPower();
        Trace?.Add($"{what} {path}");
        int call = ++Calls;
        if (CrashOn is { } kind && what.StartsWith(kind, StringComparison.Ordinal))
        {
            (CrashOn, CrashAt) = (null, call);
        }

        if (call == CrashAt && !CrashesAfterCall)
        {
            FailIn($"before {what}");
        }

        CheckPower();
        if (FailOn is { } refused && what.StartsWith(refused, StringComparison.Ordinal))
        {
            FailOn = null;
            throw Failed(path);
        }

        return call;
    }

    private void EndCall(int call, string what)
    {
        if (call == CrashAt)
        {
            FailIn($"after {what}");
        }

        CheckPower();
    }

    private void FailIn(string call)
    {
        _isDown = true;
        PowerFailed?.Invoke(call);
    }

    private void Free(string path)
    {
        if (_names.TryGetValue(path, out SimulatedInode? inode))
        {
            RoomBytes += inode.Length;
        }
    }

    private void SetName(string path, SimulatedInode? inode)
    {
        if (inode is null)
        {
            _names.Remove(path);
        }
        else
        {
            _names[path] = inode;
        }

        if (!_dirtyNames.TryGetValue(path, out List<SimulatedInode?>? versions))
        {
            _dirtyNames[path] = versions = [];
        }

        versions.Add(inode);
    }

    private void Settle(string path, List<SimulatedInode?> versions, int count, int kept)
    {
        if (kept > 0 && versions[kept - 1] is { } inode)
        {
            _safeNames[path] = inode;
        }
        else if (kept > 0)
        {
            _safeNames.Remove(path);
        }

        versions.RemoveRange(0, count);
        if (versions.Count == 0)
        {
            _dirtyNames.Remove(path);
        }
    }

    private sealed class Held(SimulatedDisk disk, string path) : IDisposable
    {
        public void Dispose() => disk._locks.Remove(path);
    }
}
