using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Discovery.Catalog;
using Discovery.Testing;

namespace Discovery.Snapshots;

/// <summary>Makes archives, whole and damaged, with the framework's own tar: another implementation than the one that is tested.</summary>
internal static class TestArchive
{
    public static readonly ArchiveMeta Meta = new("3-9-1700000000000", 9, 3);

    public static readonly ClusterConfiguration Cluster = new(
        [new ClusterServer(new Guid("11111111-2222-3333-4444-555555555555"), "n1", "10.0.0.1:8300", ServerRole.Voter, true)], 7, false);

    /// <summary>A state with a few nodes in it.</summary>
    public static StateMachine State(int nodes = 20)
    {
        var catalog = new EncodedCatalog();
        catalog.Begin();
        for (int i = 0; i < nodes; i++)
        {
            catalog.Apply(new RegisterCommand { Node = Make.Node($"node{i}") });
        }

        return catalog.State;
    }

    public static async Task<byte[]> WriteAsync(StateMachine state)
    {
        using var output = new MemoryStream();
        var writer = new ArchiveWriter(state.Current, Meta, Cluster, new ClusterSnapshotOptions(), new FakeTimeProvider());
        await writer.WriteAsync(output, default);
        return output.ToArray();
    }

    public static IReadOnlyList<(string Name, byte[] Content)> Files(byte[] archive)
    {
        using var gzip = new GZipStream(new MemoryStream(archive), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        List<(string, byte[])> files = [];
        while (tar.GetNextEntry() is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream!.CopyTo(content);
            files.Add((entry.Name, content.ToArray()));
        }

        return files;
    }

    public static byte[] Pack(params IEnumerable<(string Name, byte[] Content)> files) => Gzip(Tar(TarEntryFormat.Ustar, files));

    public static byte[] Tar(TarEntryFormat format, IEnumerable<(string Name, byte[] Content)> files)
    {
        using var output = new MemoryStream();
        using (var tar = new TarWriter(output, format, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in files)
            {
                TarEntry entry = format == TarEntryFormat.Pax
                    ? new PaxTarEntry(TarEntryType.RegularFile, name)
                    : new UstarTarEntry(TarEntryType.RegularFile, name);
                entry.DataStream = new MemoryStream(content);
                tar.WriteEntry(entry);
            }
        }

        return output.ToArray();
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }

    /// <summary>The three files of a state that is given as bytes, with right sums.</summary>
    public static (string Name, byte[] Content)[] Around(byte[] state, byte[]? meta = null)
    {
        meta ??= Meta.Write(state.Length, Cluster);
        return [("meta.json", meta), ("state.bin", state), ("SHA256SUMS", Sums(("meta.json", meta), ("state.bin", state)))];
    }

    public static byte[] Sums(params IEnumerable<(string Name, byte[] Content)> files) => System.Text.Encoding.ASCII.GetBytes(
        string.Concat(files.Select(static file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Content))}  {file.Name}\n")));
}
