using System.Text.Json.Serialization;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.DependencyInjection;

/// <summary>A module of an app's own, written with public types only.</summary>
public sealed partial class StateModuleTests
{
    [Fact]
    public void AddStateModule_CommandAndSnapshot_ReadWhatWasWritten() => Run(async node =>
    {
        FlagModule module = node.Get<FlagModule>();
        CommandClient commands = node.Get<CommandClient>();

        Assert.False((await commands.ExecuteAsync(module.Set, new Flag("dark", true))).Value);
        Assert.True((await commands.ExecuteAsync(module.Set, new Flag("dark", false))).Value);
        await commands.ExecuteAsync(module.Set, new Flag("beta", true));

        StateSnapshot snapshot = node.Catalog.Snapshot;
        Assert.Equal(new Flag("dark", false), snapshot.Get(module.Flags, StateKey.Of("dark")));
        Assert.Equal([new Flag("beta", true), new Flag("dark", false)], snapshot.Scan(module.Flags).ToList());
    });

    [Fact]
    public void QueryAsync_OfOneRow_WaitsForThatRowOnly() => Run(async node =>
    {
        FlagModule module = node.Get<FlagModule>();
        CommandClient commands = node.Get<CommandClient>();
        StateQueries queries = node.Get<StateQueries>();
        await commands.ExecuteAsync(module.Set, new Flag("dark", true));

        QueryReply<Flag?> first = await queries.QueryAsync(module.Read("dark"));
        ValueTask<QueryReply<Flag?>> waiting = queries.QueryAsync(module.Read("dark"), null, new QueryOptions { AfterIndex = first.Index });
        await commands.ExecuteAsync(module.Set, new Flag("beta", true));
        bool isWokenByAnother = waiting.IsCompleted;
        CommandResult<bool> second = await commands.ExecuteAsync(module.Set, new Flag("dark", false));
        QueryReply<Flag?> reply = await waiting;

        Assert.False(isWokenByAnother);
        Assert.Equal((new Flag("dark", false), second.Index), (reply.Body, reply.Index));
    });

    [Fact]
    public void ExecuteAsync_ModuleThrows_SaysWhereTheReasonIs() => Run(async node =>
    {
        FlagModule module = node.Get<FlagModule>();

        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await node.Get<CommandClient>().ExecuteAsync(module.Set, new Flag("", true)));

        Assert.Equal(
            (DiscoveryError.InvalidRequest, WriteOutcome.NotApplied,
                "Command set-flag threw in its state module and was rolled back; the servers' logs say what (event 1507). "
                + "A refusal is better told by the result."),
            (e.Error, e.WriteOutcome, e.Message));
    });

    private static void Run(Func<TestNode, Task> body)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel, static builder => builder.AddStateModule<FlagModule>());
            await node.StartAsync();
            await body(node);
            await node.StopAsync();
        });
    }

    internal sealed record Flag(string Name, bool IsOn);

    [JsonSerializable(typeof(Flag))]
    private sealed partial class FlagJson : JsonSerializerContext;

    internal sealed class FlagModule : IStateModule
    {
        public StateTable<Flag> Flags { get; private set; } = null!;

        public StateCommand<Flag, bool> Set { get; private set; } = null!;

        public string Name => "flags";

        public void Configure(StateModuleBuilder builder)
        {
            IStateCodec<Flag> codec = StateCodecs.Json(FlagJson.Default.Flag);
            Flags = builder.AddTable("flags", static (Flag flag, ref StateKeyBuilder key) => key.Append(flag.Name), codec);
            Set = builder.AddCommand(0x8000, "set-flag", codec, StateCodecs.Boolean, Apply);
        }

        public StateRead<Flag?> Read(string name) => (snapshot, topics) =>
        {
            topics.Add(StateTopic.ForTable(Flags));
            return snapshot.Get(Flags, StateKey.Of(name));
        };

        private bool Apply(StateTransaction transaction, Flag flag)
        {
            ArgumentException.ThrowIfNullOrEmpty(flag.Name);
            bool isKnown = transaction.Get(Flags, StateKey.Of(flag.Name)) is not null;
            transaction.Put(Flags, flag);
            return isKnown;
        }
    }
}
