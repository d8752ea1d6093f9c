using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Discovery.State.Snapshots;

namespace Discovery.Snapshots;

/// <summary>Writes the archive of a state.</summary>
/// <remarks>Goes through the state twice: its length stands before it, and nothing of it is kept.</remarks>
internal sealed class ArchiveWriter(
    StateSnapshot snapshot, ArchiveMeta meta, ClusterConfiguration configuration, ClusterSnapshotOptions options, TimeProvider time)
{
    public const string StateName = "state.bin";
    public const string SumsName = "SHA256SUMS";

    private const int YieldPieces = 32;

    private readonly byte[] _block = new byte[TarHeader.BlockBytes];

    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        long length = await MeasureAsync(cancellationToken);
        if (length > TarHeader.LengthMax)
        {
            throw new DiscoveryException(DiscoveryError.InvalidRequest, $"The state has {length} bytes: too many for an archive.");
        }

        await using var paced = new PacedStream(output, options.StallTimeout, time);
        await using var gzip = new GZipStream(paced, CompressionLevel.Fastest, leaveOpen: true);
        try
        {
            await WriteFilesAsync(gzip, length, cancellationToken);
        }
        catch
        {
            // What is still to be packed goes nowhere: it would make the beginning of an archive look whole.
            paced.Discard();
            throw;
        }
    }

    public static string SumOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private async Task WriteFilesAsync(Stream gzip, long length, CancellationToken cancellationToken)
    {
        byte[] metaBytes = meta.Write(length, configuration);
        await WriteFileAsync(gzip, ArchiveMeta.Name, metaBytes, cancellationToken);
        string stateSum = await WriteStateAsync(gzip, length, cancellationToken);
        string sums = $"{SumOf(metaBytes)}  {ArchiveMeta.Name}\n{stateSum}  {StateName}\n";
        await WriteFileAsync(gzip, SumsName, Encoding.ASCII.GetBytes(sums), cancellationToken);
        Array.Clear(_block);
        await gzip.WriteAsync(_block, cancellationToken);
        await gzip.WriteAsync(_block, cancellationToken);
    }

    private async Task<long> MeasureAsync(CancellationToken cancellationToken)
    {
        long length = 0;
        int pieces = 0;
        using var writer = new SnapshotWriter(snapshot);
        foreach (ReadOnlyMemory<byte> piece in writer.Pieces())
        {
            cancellationToken.ThrowIfCancellationRequested();
            length += piece.Length;
            if (++pieces % YieldPieces == 0)
            {
                await Task.Yield();
            }
        }

        return length;
    }

    private async Task<string> WriteStateAsync(Stream output, long length, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await WriteHeaderAsync(output, StateName, length, cancellationToken);
        long written = 0;
        using var writer = new SnapshotWriter(snapshot);
        foreach (ReadOnlyMemory<byte> piece in writer.Pieces())
        {
            hash.AppendData(piece.Span);
            written += piece.Length;
            await output.WriteAsync(piece, cancellationToken);
        }

        Invariant.Check(written == length, "the same state was written with two lengths");
        await PadAsync(output, length, cancellationToken);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private async Task WriteFileAsync(Stream output, string name, byte[] content, CancellationToken cancellationToken)
    {
        await WriteHeaderAsync(output, name, content.Length, cancellationToken);
        await output.WriteAsync(content, cancellationToken);
        await PadAsync(output, content.Length, cancellationToken);
    }

    private ValueTask WriteHeaderAsync(Stream output, string name, long length, CancellationToken cancellationToken)
    {
        TarHeader.Write(_block, name, length, time.GetUtcNow().ToUnixTimeSeconds());
        return output.WriteAsync(_block, cancellationToken);
    }

    private ValueTask PadAsync(Stream output, long length, CancellationToken cancellationToken)
    {
        Array.Clear(_block);
        return output.WriteAsync(_block.AsMemory(0, TarHeader.PaddingOf(length)), cancellationToken);
    }
}
