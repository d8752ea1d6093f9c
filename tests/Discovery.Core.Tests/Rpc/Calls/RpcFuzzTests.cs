using System.Buffers;
using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>Bodies that nobody vouches for.</summary>
public sealed class RpcFuzzTests
{
    [Fact]
    public void Read_DamagedBodies_AreReadOrRefused()
    {
        byte[] sound = RpcHarness.Body(
            ("Datacenter", "dc1"), ("ServiceName", "web"), ("MinQueryIndex", 300), ("AllowStale", true),
            ("NodeMetaFilters", RpcHarness.Body(("k", "v"))), ("ServiceTags", new byte[] { 0x92, 0xa1, 0x61, 0xc0 }),
            ("Source", RpcHarness.Body(("Node", "n1"))), ("MaxQueryTime", 1_000_000_000L));
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. sound];
            for (int edits = random.Next(1, 4); edits > 0; edits--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                RpcReader.Read(damaged.AsSpan(0, random.Next(damaged.Length + 1)), CatalogRequest.OfService);
            }
            catch (RpcBodyException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 5_000, 19_999);
    }

    [Fact]
    public void Scan_InPieces_FindsTheSameEndAsInOne()
    {
        var random = new Random(2);
        for (int i = 0; i < 3_000; i++)
        {
            byte[] bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
            {
                bytes[0] = (byte)(0x80 | random.Next(32));
            }

            OperationStatus whole = MessagePackFrame.Measure(bytes, out int expected);
            var scanner = new MessagePackScanner();
            OperationStatus status = OperationStatus.NeedMoreData;
            int length = 0;
            for (int end = 1; end <= bytes.Length && status == OperationStatus.NeedMoreData; end++)
            {
                status = scanner.Scan(bytes.AsSpan(0, end), out length);
            }

            Assert.Equal((whole, expected), (status, length));
        }
    }
}
