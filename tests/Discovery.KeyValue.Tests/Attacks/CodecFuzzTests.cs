using System.Buffers;
using Discovery.Locks;
using Discovery.Sessions;
using Discovery.Transactions;
using Xunit.Sdk;

namespace Discovery.KeyValue;

/// <summary>Damaged bytes are false, never an exception: one in the log would fault every server that reads it.</summary>
public sealed class CodecFuzzTests
{
    private const int Mutations = 100_000;
    private static readonly Guid Id = new("11111111-2222-3333-4444-555555555555");

    [Fact]
    public void Entry_Damaged_IsFalseOrReadsAsItself() => Fuzz(
        KeyValueEntryCodec.Instance,
        new KeyValueEntry([1, 0, 255], [1, 2, 3], 42, 3, 9, new KeyValueTraits(1, Id, 9, TimeSpan.FromDays(1))));

    [Fact]
    public void Session_Damaged_IsFalseOrReadsAsItself() => Fuzz(SessionEntryCodec.Instance, new SessionEntry
    {
        Id = Id,
        Node = "n1",
        Name = "s",
        Lease = TimeSpan.FromSeconds(15),
        TimeToLive = "15s",
        NodeChecks = ["a", "b"],
        ServiceChecks = ["c"],
    });

    [Fact]
    public void Transaction_Damaged_IsFalseOrReadsAsItself() => Fuzz(TransactionCommandCodec.Instance, new TransactionCommand(
        [
            new KeyValueOperation(KeyValueVerb.Set, "a") { Value = new byte[] { 1 } },
            new KeyValueOperation(KeyValueVerb.Lock, "b") { Session = Id, Flags = 7, TimeToLive = TimeSpan.FromSeconds(1) },
            new FenceOperation(new LockFence("a", Id, 9)),
            new NodeOperation(CatalogVerb.Set, new CatalogNode { Name = "n1", Address = "10.0.0.1", Datacenter = "dc1" }),
            new ServiceOperation(CatalogVerb.Cas, new CatalogService { Node = "n1", Id = "s", Name = "s" }),
            new CheckOperation(CatalogVerb.Delete, new CatalogCheck { Node = "n1", CheckId = "c" }),
        ],
        ReturnsWritten: true));

    [Fact]
    public void Answer_Damaged_IsFalseOrReadsAsItself() => Fuzz(TransactionAnswerCodec.Instance, new TransactionAnswer(
        [new TransactionItem(0) { Entry = new KeyValueEntry([1], [], 0, 1, 1, KeyValueTraits.None) }],
        [new TransactionFailure(1, TransactionRefusal.Catalog) { Catalog = new CatalogRefusedSubject(CatalogRefusal.NodeNotFound, "n") }]));

    [Fact]
    public void Waiter_Damaged_IsFalseOrReadsAsItself() => Fuzz(LockWaiterCodec.Instance, new LockWaiter(9, [1, 2], Id, [3], 2));

    [Fact]
    public void Delay_Damaged_IsFalseOrReadsAsItself() => Fuzz(LockDelayEntryCodec.Instance, new LockDelayEntry([1], TimeSpan.FromDays(2)));

    [Fact]
    public void Request_Damaged_IsFalseOrReadsAsItself() =>
        Fuzz(LockRequestCodec.Instance, new LockRequest("pool/.lock"u8.ToArray(), Id, [1], 3, IsQueued: true));

    [Fact]
    public void Expiry_Damaged_IsFalseOrReadsAsItself() => Fuzz(SessionExpiryCodec.Instance, new SessionExpiry(7, [Id, Guid.Empty]));

    [Fact]
    public void Holders_DamagedJson_IsFalseOrReadsAsItself()
    {
        byte[] valid = """{"Limit":2,"Holders":{"11111111-2222-3333-4444-555555555555":true,"x":false}}"""u8.ToArray();
        foreach (byte[] damaged in Damage(valid))
        {
            if (SemaphoreHolders.TryRead(damaged, out SemaphoreHolders holders))
            {
                Assert.True(SemaphoreHolders.TryRead(holders.ToJson(), out SemaphoreHolders again));
                Assert.Equal(holders.Limit, again.Limit);
                Assert.Equal<string>([.. holders.Sessions], [.. again.Sessions]);
            }
        }
    }

    [Fact]
    public void Planted_CodecThatReadsBeyondItsInput_IsCaught() => Assert.Throws<IndexOutOfRangeException>(
        () => Fuzz(new PlantedCodec(static input => input[input[0]], static value => value), (byte)1));

    [Fact]
    public void Planted_CodecThatWritesOtherThanItRead_IsCaught() => Assert.Throws<EqualException>(() => Fuzz(
        new PlantedCodec(static input => input.Length == 2 ? input[1] : null, static value => value > 200 ? value - 1 : value), (byte)1));

    [Fact]
    public void Planted_CodecThatDoesNotReadWhatItWrote_IsCaught() => Assert.Throws<TrueException>(() => Fuzz(
        new PlantedCodec(static input => input is [1, < 240] ? input[1] : null, static value => value > 200 ? 255 : value), (byte)1));

    [Fact]
    public void Planted_CodecThatTakesEverything_IsCaught() => Assert.Throws<InRangeException>(
        () => Fuzz(new PlantedCodec(static _ => 1, static value => value), (byte)1));

    private static void Fuzz<T>(IStateCodec<T> codec, T value)
    {
        byte[] valid = Encode(codec, value);
        Assert.True(codec.TryRead(valid, out T? read));
        Assert.Equal(valid, Encode(codec, read));
        int readable = 0;
        foreach (byte[] damaged in Damage(valid))
        {
            if (codec.TryRead(damaged, out T? other))
            {
                // What is taken has one encoding: the hash of the state and all servers agree on it.
                byte[] encoded = Encode(codec, other);
                Assert.True(codec.TryRead(encoded, out T? again));
                Assert.Equal(encoded, Encode(codec, again));
                readable++;
            }
        }

        Assert.InRange(readable, 1, Mutations - 1);
    }

    private static IEnumerable<byte[]> Damage(byte[] valid)
    {
        var random = new Random(valid.Length);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] damaged = valid[..(random.Next(8) == 0 ? random.Next(valid.Length + 1) : valid.Length)];
            for (int j = random.Next(4); j >= 0 && damaged.Length > 0; j--)
            {
                damaged[random.Next(damaged.Length)] = random.Next(3) == 0 ? (byte)0xFF : (byte)random.Next(256);
            }

            yield return damaged;
        }
    }

    private static byte[] Encode<T>(IStateCodec<T> codec, T value)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Write(value, output);
        return output.WrittenSpan.ToArray();
    }
}
