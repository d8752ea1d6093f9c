using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Discovery.State.Snapshots;
using Discovery.Streams;

namespace Discovery.Snapshots;

/// <summary>Reads an archive: the state in it is a stream whose last bytes come only once all sums are right.</summary>
/// <remarks>
/// So whoever reads the state to its end before he changes anything, as a log does, changes nothing by a damaged archive, and nobody has
/// to keep it a second time. Three files are taken, in the order in which they are written; nothing is ever put on a disk by its name.
/// </remarks>
internal sealed class ArchiveReader : ReadOnlyStream
{
    private const int MetaBytesMax = 1024 * 1024;
    private const int SumsBytesMax = 64 * 1024;
    private const int PaddingBytesMax = 1024 * 1024;
    private const long RatioFreeBytes = 64L * 1024 * 1024;
    private const int MagicBytes = 16;

    private readonly PacedStream _input;
    private readonly ClusterSnapshotOptions _options;
    private readonly SnapshotFraming _framing;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block = new byte[TarHeader.BlockBytes];
    private readonly byte[] _begin = new byte[MagicBytes];
    private int _beginAt;
    private PrefixedStream? _packed;
    private GZipStream? _gzip;
    private uint _unpacked;
    private string _metaSum = "";
    private long _length;
    private long _left;

    public ArchiveReader(Stream input, ClusterSnapshotOptions options, TimeProvider time)
    {
        _input = new PacedStream(input, options.StallTimeout, time);
        _options = options;
        _framing = new SnapshotFraming(options.ContentBytesMax);
    }

    /// <summary>Reads up to the state; this stream then is the state.</summary>
    /// <exception cref="DiscoveryException">It is no archive, or one of something else.</exception>
    public async Task<ArchiveMeta> OpenAsync(CancellationToken cancellationToken)
    {
        _packed = new PrefixedStream(await ReadGzipHeadAsync(cancellationToken), _input);
        _gzip = new GZipStream(_packed, CompressionMode.Decompress, leaveOpen: true);
        byte[] metaBytes = await ReadFileAsync(ArchiveMeta.Name, MetaBytesMax, cancellationToken);
        _metaSum = ArchiveWriter.SumOf(metaBytes);
        ArchiveMeta meta;
        try
        {
            meta = ArchiveMeta.Read(metaBytes);
        }
        catch (JsonException e)
        {
            throw Unreadable($"failed to decode snapshot metadata: {e.Message}", e);
        }

        _length = _left = await ReadHeaderAsync(ArchiveWriter.StateName, cancellationToken);
        if (_length > _options.ArchiveBytesMax)
        {
            throw Refused($"its state has {_length} bytes, more than {_options.ArchiveBytesMax} (ClusterSnapshotOptions.ArchiveBytesMax)");
        }

        int begun = (int)Math.Min(MagicBytes, _length);
        await FillAsync(_begin.AsMemory(0, begun), "failed to read or write snapshot data", cancellationToken);
        if (IsConsul(_begin.AsSpan(0, begun)))
        {
            throw Refused(
                "it is a snapshot of a Consul server, whose state has another form. Restore it in a Consul of its version and move what is "
                + "in it over the APIs, such as keys with `consul kv export` and `consul kv import`");
        }

        _beginAt = MagicBytes - begun;
        if (begun < MagicBytes)
        {
            throw Refused("its state does not begin like a snapshot");
        }

        return meta;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        int count;
        if (_beginAt < MagicBytes)
        {
            count = Math.Min(buffer.Length, MagicBytes - _beginAt);
            _begin.AsSpan(_beginAt, count).CopyTo(buffer.Span);
            _beginAt += count;
        }
        else
        {
            count = await UnpackAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
            if (count == 0)
            {
                throw Unreadable("failed to read or write snapshot data: unexpected EOF");
            }
        }

        _hash.AppendData(buffer.Span[..count]);
        _framing.Accept(buffer.Span[..count]);
        ThrowIfBlownUp();
        _left -= count;
        if (_left == 0)
        {
            await EndAsync(cancellationToken);
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip?.Dispose();
            _hash.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsConsul(ReadOnlySpan<byte> state) => state is [0x81, 0xa9, ..] && state[2..].StartsWith("LastIndex"u8);

    private static DiscoveryException Refused(string reason) => SnapshotLoader.Refused(reason);

    private static DiscoveryException Unreadable(string reason, Exception? inner = null) =>
        new(DiscoveryError.InvalidRequest, $"failed to read snapshot file: {reason}", WriteOutcome.NotApplied, inner);

    private static DiscoveryException Wrong(string reason) => Unreadable($"failed checking integrity of snapshot: {reason}");

    // Consul's words for what is no gzip at all.
    private async Task<byte[]> ReadGzipHeadAsync(CancellationToken cancellationToken)
    {
        var head = new byte[10];
        int count = await _input.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        string? trouble = count == 0 ? "EOF"
            : count < head.Length ? "unexpected EOF"
            : head is not [0x1f, 0x8b, 8, ..] ? "gzip: invalid header"
            : null;
        return trouble is null ? head : throw new DiscoveryException(
            DiscoveryError.InvalidRequest, $"failed to decompress snapshot: {trouble}", WriteOutcome.NotApplied);
    }

    private async ValueTask<int> UnpackAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            int count = await _gzip!.ReadAsync(buffer, cancellationToken);
            _unpacked += (uint)count;
            return count;
        }
        catch (InvalidDataException e)
        {
            throw Unreadable(e.Message, e);
        }
    }

    private async ValueTask FillAsync(Memory<byte> buffer, string what, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await UnpackAsync(buffer, cancellationToken);
            if (count == 0)
            {
                throw Unreadable($"{what}: unexpected EOF");
            }

            buffer = buffer[count..];
        }
    }

    private async Task<long> ReadHeaderAsync(string expected, CancellationToken cancellationToken)
    {
        await FillAsync(_block, "failed reading snapshot", cancellationToken);
        if (!_block.AsSpan().ContainsAnyExcept((byte)0))
        {
            throw Wrong($"file missing for {Wire.GoQuote.Quote(expected)}");
        }

        if (!TarHeader.TryRead(_block, out string name, out long length))
        {
            throw Unreadable("failed reading snapshot: archive/tar: invalid tar header, or not that of a plain file");
        }

        return name == expected ? length
            : name is ArchiveMeta.Name or ArchiveWriter.StateName or ArchiveWriter.SumsName
                ? throw Unreadable($"file {Wire.GoQuote.Quote(name)} stands in the place of {Wire.GoQuote.Quote(expected)}")
            : throw Unreadable($"unexpected file {Wire.GoQuote.Quote(name)} in snapshot");
    }

    private async Task<byte[]> ReadFileAsync(string name, int most, CancellationToken cancellationToken)
    {
        long length = await ReadHeaderAsync(name, cancellationToken);
        if (length > most)
        {
            throw Unreadable($"file {Wire.GoQuote.Quote(name)} has more than {most} bytes");
        }

        var content = new byte[length];
        await FillAsync(content, "failed to read or write snapshot data", cancellationToken);
        await SkipPaddingAsync(length, cancellationToken);
        return content;
    }

    private ValueTask SkipPaddingAsync(long length, CancellationToken cancellationToken) =>
        FillAsync(_block.AsMemory(0, TarHeader.PaddingOf(length)), "failed reading snapshot", cancellationToken);

    private void ThrowIfBlownUp()
    {
        long most = Math.Max(_input.BytesRead, 1) * _options.RatioMax;
        if (_framing.ContentBytes > RatioFreeBytes && _framing.ContentBytes - RatioFreeBytes > most)
        {
            throw Refused(
                $"it unpacks to more than {_options.RatioMax} times its size (ClusterSnapshotOptions.RatioMax)");
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        if (!_framing.IsComplete)
        {
            throw Refused("its state ends too early");
        }

        await SkipPaddingAsync(_length, cancellationToken);
        byte[] sums = await ReadFileAsync(ArchiveWriter.SumsName, SumsBytesMax, cancellationToken);
        CheckSums(Encoding.UTF8.GetString(sums), Convert.ToHexStringLower(_hash.GetCurrentHash()));
        long zeros = 0;
        while (await UnpackAsync(_block, cancellationToken) is var count and > 0)
        {
            zeros += count;
            if (zeros > PaddingBytesMax || _block.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                throw Unreadable("unread uncompressed bytes remain");
            }
        }

        // GZipStream takes a file that ends too early for a whole one, and does not look at what comes behind.
        if (_packed!.Tail != _unpacked)
        {
            throw Unreadable("it is cut off, or goes on after its end");
        }
    }

    private void CheckSums(string text, string stateSum)
    {
        bool hasMeta = false;
        bool hasState = false;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts is not [var sum, var name])
            {
                throw Wrong("a line is not a sum and a name");
            }

            bool isMeta = name == ArchiveMeta.Name;
            if (!isMeta && name != ArchiveWriter.StateName)
            {
                throw Wrong($"list missing hash for {Wire.GoQuote.Quote(name)}");
            }

            if (!string.Equals(sum, isMeta ? _metaSum : stateSum, StringComparison.OrdinalIgnoreCase))
            {
                throw Wrong($"hash check failed for {Wire.GoQuote.Quote(name)}");
            }

            hasMeta |= isMeta;
            hasState |= !isMeta;
        }

        if (!hasMeta || !hasState)
        {
            throw Wrong($"file missing for {Wire.GoQuote.Quote(hasMeta ? ArchiveWriter.StateName : ArchiveMeta.Name)}");
        }
    }
}
