using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Discovery.Runtime;
using Discovery.Wire;
using Microsoft.Extensions.Logging;

namespace Discovery.Agent;

/// <summary>The agent's files in the data directory: one per entry, in a folder per kind. Calls come one at a time.</summary>
/// <remarks>
/// <para>A file's name is the SHA-256 of the entry's id, so that ids of any characters have one. Its first line is
/// <c>discovery KIND 1 CRC</c>, with the CRC-32C of the rest in hexadecimal; the rest is JSON.</para>
/// <para>A file that cannot be read is renamed, with <c>.damaged</c> at the end, and told by name; nothing is ever overwritten or deleted
/// because it was not understood. What has not changed since it was read or written is not written again.</para>
/// </remarks>
internal sealed class AgentFiles(IFileSystem files, string directory, ILogger logger)
{
    public const string Services = "services";
    public const string Checks = "checks";
    public const string States = "checks/state";
    private const string Suffix = ".json";
    private static readonly string[] s_kinds = [Services, Checks, States];

    // By path; null where the disk's content is not known for sure.
    private readonly Dictionary<string, byte[]?> _digests = new(StringComparer.Ordinal);

    /// <summary>Makes the folders.</summary>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public void Open()
    {
        SyncParent();
        foreach (string kind in s_kinds)
        {
            string folder = Folder(kind);
            try
            {
                files.CreateDirectory(folder);
                files.SyncDirectory(Path.GetDirectoryName(folder)!);
            }
            catch (Exception e) when (DurableFile.IsStorageFailure(e))
            {
                throw DurableFile.Failed(folder, e, WriteOutcome.NotApplied);
            }
        }
    }

    /// <summary>Reads all entries of a kind, in ordinal order of their files' names.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="read">Reads the JSON of an entry; null when it is not what it should be.</param>
    /// <param name="idOf">The entry's id, which its file's name must agree with.</param>
    /// <exception cref="DiscoveryException">The disk says no to listing or reading.</exception>
    public IReadOnlyList<T> Load<T>(string kind, Func<byte[], T?> read, Func<T, string> idOf)
        where T : class
    {
        var entries = new List<T>();
        string folder = Folder(kind);
        try
        {
            foreach (string name in files.ListFiles(folder))
            {
                string path = Path.Combine(folder, name);
                if (name.EndsWith(DurableFile.TemporarySuffix, StringComparison.Ordinal))
                {
                    files.Delete(path);
                }
                else if (!name.EndsWith(DurableFile.DamagedSuffix, StringComparison.Ordinal))
                {
                    Add(kind, path, read, idOf, entries);
                }
            }
        }
        catch (Exception e) when (DurableFile.IsStorageFailure(e))
        {
            throw DurableFile.Failed(folder, e, WriteOutcome.NotApplied);
        }

        return entries;
    }

    /// <summary>Returns when the disk has the entry.</summary>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public void Put(string kind, string id, byte[] json)
    {
        string path = PathOf(kind, id);
        byte[] digest = SHA256.HashData(json);
        if (_digests.TryGetValue(path, out byte[]? known) && known.AsSpan().SequenceEqual(digest))
        {
            return;
        }

        byte[] header = Encoding.ASCII.GetBytes(Header(kind, Crc32C.Compute(json)));
        try
        {
            DurableFile.Replace(files, path, [.. header, .. json]);
            _digests[path] = digest;
        }
        catch (DiscoveryException e) when (e.WriteOutcome == WriteOutcome.Unknown)
        {
            _digests[path] = null;
            throw;
        }
    }

    /// <summary>Returns when the disk does not have the entry.</summary>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public void Remove(string kind, string id)
    {
        string path = PathOf(kind, id);
        if (_digests.ContainsKey(path))
        {
            DurableFile.Delete(files, path);
            _digests.Remove(path);
        }
    }

    public bool Contains(string kind, string id) => _digests.ContainsKey(PathOf(kind, id));

    internal string PathOf(string kind, string id) =>
        Path.Combine(Folder(kind), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))) + Suffix);

    private static string Header(string kind, uint crc) =>
        string.Create(CultureInfo.InvariantCulture, $"discovery {kind} 1 {crc:x8}\n");

    // The directory itself may be new. Not everybody may read the one above it.
    private void SyncParent()
    {
        try
        {
            files.CreateDirectory(directory);
            if (Path.GetDirectoryName(directory) is { Length: > 0 } parent)
            {
                files.SyncDirectory(parent);
            }
        }
        catch (Exception e) when (DurableFile.IsStorageFailure(e))
        {
            Log.ParentNotSynced(logger, directory, e.Message);
        }
    }

    private string Folder(string kind) => Path.Combine(directory, kind);

    private void Add<T>(string kind, string path, Func<byte[], T?> read, Func<T, string> idOf, List<T> entries)
        where T : class
    {
        byte[] bytes = files.Read(path);
        int end = bytes.AsSpan().IndexOf((byte)'\n') + 1;
        byte[] json = bytes[end..];
        bool isWhole = Encoding.ASCII.GetString(bytes, 0, end) == Header(kind, Crc32C.Compute(json));
        if (isWhole && read(json) is { } entry && PathOf(kind, idOf(entry)) == path)
        {
            _digests[path] = SHA256.HashData(json);
            entries.Add(entry);
            return;
        }

        files.Move(path, path + DurableFile.DamagedSuffix);
        Log.FileSetAside(logger, path);
    }
}
