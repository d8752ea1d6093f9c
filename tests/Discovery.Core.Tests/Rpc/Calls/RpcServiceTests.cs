using System.Text;
using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>What a stream of calls gets.</summary>
public sealed class RpcServiceTests
{
    private static readonly byte[] s_empty = [0x80];

    // Captured between a client and a server of Consul 1.8.7.
    private const string LeaderHeader = "82a353657101ad536572766963654d6574686f64ad5374617475732e4c6561646572";
    private const string LeaderBody =
        "8eaa416c6c6f775374616c65c2aa4461746163656e746572a3646331a646696c746572a0a64d617841676500ac4d6178517565727954696d6500"
        + "b04d61785374616c654475726174696f6e00ad4d696e5175657279496e64657800ae4d757374526576616c6964617465c2af4e6f64654d65746146"
        + "696c74657273c0b152657175697265436f6e73697374656e74c2a6536f7572636584aa4461746163656e746572a0a24970a0a44e6f6465a0a75365"
        + "676d656e74a0ac5374616c6549664572726f7200a5546f6b656ea0a85573654361636865c2";

    private const string RegisterRequest =
        "82a35365710aad536572766963654d6574686f64b0436174616c6f672e5265676973746572"
        + "8da741646472657373a93132372e302e302e31a5436865636bc0a6436865636b73c0ab437265617465496e64657800aa4461746163656e746572a3"
        + "646331a24944da002432323232323232322d323232322d323232322d323232322d323232323232323232323232ab4d6f64696679496e64657800a4"
        + "4e6f6465a4636c6931a84e6f64654d65746182a47261636ba27231b6636f6e73756c2d6e6574776f726b2d7365676d656e74a0a753657276696365"
        + "c0ae536b69704e6f6465557064617465c2af54616767656441646472657373657384a86c616e5f69707634a93132372e302e302e31a377616ea931"
        + "32372e302e302e31a877616e5f69707634a93132372e302e302e31a36c616ea93132372e302e302e31a5546f6b656ea0";

    [Fact]
    public void Call_LeaderAsCaptured_AnswersTheSameBytes() => RpcHarness.Run(async harness =>
    {
        RpcService service = harness.Serve(new StubMethods(("Status.Leader", static call => StubMethods.Text(call, ""))));
        (Stream client, Task _) = harness.Connect(service);
        await client.WriteAsync(Convert.FromHexString(LeaderHeader + LeaderBody));
        Assert.Equal(
            "83a54572726f72a0a353657101ad536572766963654d6574686f64ad5374617475732e4c6561646572a0", await ReadHexAsync(client, 42));
    });

    [Fact]
    public void Call_RegisterAsCaptured_AnswersTheSameBytesAndTheNodeIsThere() => RpcHarness.Run(async (harness, node, service) =>
    {
        (Stream client, Task _) = harness.Connect(service);
        await client.WriteAsync(Convert.FromHexString(RegisterRequest));
        Assert.Equal(
            "83a54572726f72a0a35365710aad536572766963654d6574686f64b0436174616c6f672e526567697374657280", await ReadHexAsync(client, 45));
        CatalogNode row = node.Catalog.FindNode("cli1")!;
        Assert.Equal(("127.0.0.1", "22222222-2222-2222-2222-222222222222", "r1"), (row.Address, row.Id.ToString(), row.Meta["rack"]));
        Assert.Equal(4, row.TaggedAddresses.Count);
    });

    [Theory]
    [InlineData("Catalog.Nope", "rpc: can't find method Catalog.Nope")]
    [InlineData("Nope.Nope", "rpc: can't find service Nope.Nope")]
    [InlineData("Nope", "rpc: service/method request ill-formed: Nope")]
    public void Call_UnknownMethod_IsToldAndTheStreamClosed(string method, string error) => RpcHarness.Run(async (harness, _, service) =>
    {
        (Stream client, Task serving) = harness.Connect(service);
        (string Error, byte[] Body) answer = await RpcHarness.CallAsync(client, method, s_empty);
        Assert.Equal(error, answer.Error);
        Assert.Equal(s_empty, answer.Body);
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        await serving;
    });

    [Theory]
    [InlineData("81aa4461746163656e746572c403646331", "a string is expected", "(field Datacenter)")] // bin8 for a string
    [InlineData("81ac4d6178517565727954696d65cb4000000000000000", "an integer is expected", "(field MaxQueryTime)")]
    [InlineData("81ad4d696e5175657279496e646578ff", "an unsigned integer is expected", "(field MinQueryIndex)")]
    [InlineData("a3616263", "Only encoded map or array can be decoded into a struct", "")]
    [InlineData("810102", "the name of a field is expected", "")]
    public void Call_BodyThatIsNone_IsToldAndTheStreamClosed(string body, string error, string field) =>
        RpcHarness.Run(async (harness, _, service) =>
        {
            (Stream client, Task serving) = harness.Connect(service);
            (string Error, byte[] Body) answer = await RpcHarness.CallAsync(client, "Catalog.ListNodes", Convert.FromHexString(body));
            Assert.StartsWith("codec.decoder: ", answer.Error, StringComparison.Ordinal);
            Assert.Contains(error, answer.Error, StringComparison.Ordinal);
            Assert.EndsWith(field, answer.Error, StringComparison.Ordinal);
            Assert.Equal(0, await client.ReadAsync(new byte[1]));
            await serving;
        });

    [Theory]
    [InlineData("c0", "No path to datacenter")]
    [InlineData("80", "No path to datacenter")]
    [InlineData("91a3646332", "No path to datacenter")]
    [InlineData("91a3646331", "")] // declaration order
    [InlineData("82aa4461746163656e746572d903646331a5546f6b656ec0", "")] // str8, and a nil field
    [InlineData("82aa4461746163656e746572a3646331a3466f6f92c4016101", "")] // an unknown field with a bin8 in it
    [InlineData("83aa4461746163656e746572a3646331aa416c6c6f775374616c6501aa4461746163656e746572a3646331", "")] // 1 is true
    [InlineData("81aa6461746163656e746572a3646331", "No path to datacenter")] // names have their case
    public void Call_BodyInAnotherShape_IsReadAsConsulDoes(string body, string error) => RpcHarness.Run(async (harness, _, service) =>
    {
        (Stream client, Task _) = harness.Connect(service);
        byte[] bytes = Convert.FromHexString(body);
        Assert.Equal(error, (await RpcHarness.CallAsync(client, "Catalog.ListNodes", bytes)).Error);
        Assert.Equal("", (await RpcHarness.CallAsync(client, "Status.Ping", s_empty)).Error);
    });

    [Fact]
    public void Call_SecondBeforeTheFirstIsAnswered_IsAnsweredAfterIt() => RpcHarness.Run(async harness =>
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RpcService service = harness.Serve(new StubMethods(
            ("A.Slow", async call =>
            {
                await gate.Task;
                RpcReplies.Text(call, "slow");
            }),
            ("A.Quick", static call => StubMethods.Text(call, "quick"))));
        (Stream client, Task _) = harness.Connect(service);
        await client.WriteAsync((byte[])[.. RpcHarness.Request("A.Slow", s_empty), .. RpcHarness.Request("A.Quick", s_empty)]);
        await harness.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        gate.SetResult();
        byte[] both = new byte[200];
        int count = await client.ReadAtLeastAsync(both, 60);
        string text = Encoding.Latin1.GetString(both, 0, count);
        Assert.True(text.IndexOf("slow", StringComparison.Ordinal) < text.IndexOf("quick", StringComparison.Ordinal));
    });

    [Fact]
    public void Call_WaitsAndTheCallerHangsUp_EndsTheWait() => RpcHarness.Run(async (harness, _, service) =>
    {
        (Stream client, Task serving) = harness.Connect(service);
        byte[] body = RpcHarness.Body(("Datacenter", "dc1"), ("MinQueryIndex", 1000));
        await client.WriteAsync(RpcHarness.Request("Catalog.ListNodes", body));
        await harness.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.False(serving.IsCompleted);
        await client.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
    });

    [Fact]
    public void Query_Blocking_AnswersWhenItChanges() => RpcHarness.Run(async (harness, node, service) =>
    {
        (Stream client, Task _) = harness.Connect(service);
        byte[] body = RpcHarness.Body(("Datacenter", "dc1"), ("ServiceName", "web"));
        ulong index = IndexOf((await RpcHarness.CallAsync(client, "Health.ServiceNodes", body)).Body);
        body = RpcHarness.Body(("Datacenter", "dc1"), ("ServiceName", "web"), ("MinQueryIndex", index));
        Task<(string Error, byte[] Body)> waiting =
            harness.Kernel.Start(() => RpcHarness.CallAsync(client, "Health.ServiceNodes", body));
        await harness.Kernel.AdvanceAsync(TimeSpan.FromSeconds(100));
        Assert.False(waiting.IsCompleted);
        await node.Get<ILocalAgent>().RegisterServiceAsync(new ServiceRegistration { Name = "web", Port = 80 });
        Assert.True(IndexOf((await waiting).Body) > index);
    });

    [Theory]
    [InlineData(1_000_000_000L, 1.0)]
    [InlineData(0L, 300.0)]
    [InlineData(3_600_000_000_000L, 600.0)]
    public void Query_BlockingAndNothingChanges_AnswersInTime(long asked, double seconds) => RpcHarness.Run(async (harness, _, service) =>
    {
        (Stream client, Task _) = harness.Connect(service);
        TimeSpan start = harness.Kernel.Time.Elapsed;
        byte[] body = RpcHarness.Body(("Datacenter", "dc1"), ("MinQueryIndex", 1000), ("MaxQueryTime", asked));
        Assert.Equal("", (await RpcHarness.CallAsync(client, "Catalog.ListNodes", body)).Error);
        double took = (harness.Kernel.Time.Elapsed - start).TotalSeconds;
        Assert.InRange(took, seconds, seconds * 17 / 16);
    });

    [Fact]
    public void Call_NoLeader_IsHeldForSevenSeconds() => RpcHarness.Run(async harness =>
    {
        var methods = new StubMethods(
            ("A.B", static call =>
            {
                RpcReplies.Text(call, "half an answer");
                throw new DiscoveryException(DiscoveryError.NoLeader, "No cluster leader");
            }));
        (Stream client, Task _) = harness.Connect(harness.Serve(methods));
        (string Error, byte[] Body) answer = await RpcHarness.CallAsync(client, "A.B", s_empty);
        Assert.Equal("No cluster leader", answer.Error);
        Assert.Equal(s_empty, answer.Body);
        Assert.InRange(harness.Kernel.Time.Elapsed.TotalSeconds, 7.0, 7.5);
        Assert.True(methods.Calls > 16);
    });

    [Fact]
    public void Call_LeaderIsFoundMeanwhile_IsAnsweredOnce() => RpcHarness.Run(async harness =>
    {
        int calls = 0;
        RpcService service = harness.Serve(new StubMethods(("A.B", call => ++calls < 4
            ? throw new DiscoveryException(DiscoveryError.NoLeader, "No cluster leader")
            : StubMethods.Text(call, "found"))));
        (Stream client, Task _) = harness.Connect(service);
        Assert.Equal("found", ReadText((await RpcHarness.CallAsync(client, "A.B", s_empty)).Body));
    });

    [Fact]
    public void Call_MethodThrows_IsAnsweredAndLogged() => RpcHarness.Run(async harness =>
    {
        RpcService service = harness.Serve(new StubMethods(("A.B", static _ => throw new FormatException("bad"))));
        (Stream client, Task _) = harness.Connect(service);
        Assert.Equal("internal error", (await RpcHarness.CallAsync(client, "A.B", s_empty)).Error);
        Assert.Equal("internal error", (await RpcHarness.CallAsync(client, "A.B", s_empty)).Error);
    });

    [Fact]
    public void Call_MoreThanAtOnce_IsRefused() => RpcHarness.Run(
        async harness =>
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            RpcService service = harness.Serve(new StubMethods(("A.B", async call =>
            {
                await gate.Task;
                RpcReplies.Empty(call);
            })));
            (Stream first, Task _) = harness.Connect(service);
            (Stream second, Task _) = harness.Connect(service);
            Task<(string Error, byte[] Body)> waiting = harness.Kernel.Start(() => RpcHarness.CallAsync(first, "A.B", s_empty));
            await harness.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.Equal("RPC rate limit exceeded", (await RpcHarness.CallAsync(second, "A.B", s_empty)).Error);
            gate.SetResult();
            Assert.Equal("", (await waiting).Error);
            Assert.Equal("", (await RpcHarness.CallAsync(second, "A.B", s_empty)).Error);
        },
        new RpcOptions { RequestsMax = 1 });

    [Fact]
    public void Call_MoreBytesThanAreHeldAtOnce_IsRefusedAndAllAreGivenBack() => RpcHarness.Run(
        async harness =>
        {
            RpcService service = harness.Serve(new StubMethods(
                ("A.Large", static call => StubMethods.Text(call, new string('x', 30_000))),
                ("A.Small", static call => StubMethods.Text(call, "x"))));
            (Stream client, Task serving) = harness.Connect(service);
            Assert.Equal("RPC rate limit exceeded", (await RpcHarness.CallAsync(client, "A.Large", s_empty)).Error);
            Assert.Equal("", (await RpcHarness.CallAsync(client, "A.Small", s_empty)).Error);
            byte[] large = RpcHarness.Body(("Foo", new string('x', 30_000)));
            await client.WriteAsync(RpcHarness.Request("A.Small", large));
            Assert.Equal(0, await client.ReadAsync(new byte[1]));
            await Assert.ThrowsAsync<IOException>(() => serving);
            Assert.Equal(0, service.HeldBytes);
        },
        new RpcOptions { HeldBytesMax = 20_000 });

    [Theory]
    [InlineData("c1")] // never used
    [InlineData("82a353")] // cut
    [InlineData("dbffffffff")] // a string of 4 GiB
    public void Request_ThatIsNone_EndsTheStream(string bytes) => RpcHarness.Run(async (harness, _, service) =>
    {
        (Stream client, Task serving) = harness.Connect(service);
        await client.WriteAsync(Convert.FromHexString(bytes));
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.True(harness.Kernel.Time.Elapsed <= TimeSpan.FromSeconds(60));
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
    });

    [Fact]
    public void Serve_TwoGroupsWithOneMethod_IsRefused() => RpcHarness.Run(harness =>
    {
        var methods = new StubMethods(("A.B", static call => StubMethods.Text(call, "")));
        Assert.Throws<InvalidOperationException>(() => harness.Serve(methods, methods));
        return Task.CompletedTask;
    });

    private static async Task<string> ReadHexAsync(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static string ReadText(byte[] body)
    {
        var reader = new MessagePackReader(body);
        Assert.True(reader.TryReadString(out string? text));
        return text!;
    }

    private static ulong IndexOf(byte[] body)
    {
        var reader = new MessagePackReader(body);
        Assert.True(reader.TryReadMapHeader(out int count));
        for (int i = 0; i < count; i++)
        {
            Assert.True(reader.TryReadString(out string? name));
            if (name == "Index")
            {
                Assert.True(reader.TryReadUInt64(out ulong index));
                return index;
            }

            Assert.True(reader.TrySkip());
        }

        throw new InvalidOperationException("no index");
    }
}
