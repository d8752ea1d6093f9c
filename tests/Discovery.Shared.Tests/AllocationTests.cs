using Discovery.Wire;

namespace Discovery.Shared.Tests;

/// <summary>The calls on hot paths take nothing from the heap.</summary>
public class AllocationTests
{
    private static readonly byte[] s_data = [.. Enumerable.Range(0, 2000).Select(i => (byte)(i % 40))];
    private static readonly byte[] s_block = new byte[LZ4Codec.MaximumOutputSize(2000)];
    private static readonly byte[] s_plain = new byte[2000];
    private static readonly WireBuffer s_buffer = new(capacity: 4096);
    private static readonly string s_text = new('é', 40);
    private static readonly DateTime s_instant = DateTime.UnixEpoch.AddTicks(123);
    private static ulong s_sum;

    [Fact]
    public void WriteAndRead_ARow_AllocatesNothing() => AssertNothing(() =>
    {
        s_buffer.Clear();
        var writer = new MessagePackWriter(s_buffer) { OldSpec = (s_sum & 1) != 0 };
        writer.WriteArrayHeader(9);
        writer.Write("web");
        writer.Write(s_text);
        writer.WriteString("tag"u8);
        writer.Write(8080);
        writer.Write(ulong.MaxValue);
        writer.Write(-5L);
        writer.Write(1.5);
        writer.Write(s_data.AsSpan(0, 100));
        writer.Write(s_instant);
        writer.Flush();
        var reader = new MessagePackReader(s_buffer.WrittenSpan) { OldSpec = true };
        bool read = reader.TryReadArrayHeader(out _) & reader.TryReadStringSpan(out _) & reader.TryReadStringSpan(out _)
            & reader.TryReadBytes(out _) & reader.TryReadInt32(out int port) & reader.TryReadUInt64(out _) & reader.TryReadInt64(out _)
            & reader.TryReadDouble(out _) & reader.TrySkip() & reader.TryReadDateTime(out _);
        s_sum += read ? (ulong)port + 1 : throw new InvalidOperationException();
    });

    [Fact]
    public void Hashes_AnyData_AllocateNothing() =>
        AssertNothing(() => s_sum += RowHash.Compute(s_data, s_sum) + Crc32.Compute(s_data) + Crc32C.Compute(s_data));

    [Fact]
    public void LZ4_EncodeAndDecode_AllocateNothing() => AssertNothing(() =>
    {
        int length = LZ4Codec.Encode(s_data, s_block);
        s_sum += LZ4Codec.Decode(s_block.AsSpan(0, length), s_plain) == 2000 ? 1UL : throw new InvalidOperationException();
    });

    [Fact]
    public void GoDuration_ParseAndFormatToSpan_AllocateNothing() => AssertNothing(() =>
    {
        Span<char> text = stackalloc char[GoDuration.LengthMax];
        s_sum += GoDuration.TryParse("1h30m0.5s", out TimeSpan value) && GoDuration.TryFormat(value, text, out _)
            ? 1UL : throw new InvalidOperationException();
    });

    private static void AssertNothing(Action action)
    {
        for (int i = 0; i < 50; i++)
        {
            action();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            action();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
