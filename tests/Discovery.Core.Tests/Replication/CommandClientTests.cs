using Discovery.Testing;

namespace Discovery.Core.Tests.Replication;

public sealed class CommandClientTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Execute_StormyLog_EveryAddIsAppliedExactlyOnce(int seed)
    {
        SimulationKernel kernel = new(seed);
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            FaultyCommandLog log = new(node.Log, node.Runtime, kernel.CreateRandom(), FaultyCommandLogOptions.Stormy);
            int sure = 0;
            int unknown = 0;
            int refused = 0;
            List<Task> callers = [];
            for (int caller = 0; caller < 6; caller++)
            {
                CommandClient client = node.CreateClient(log);
                callers.Add(kernel.Start(async () =>
                {
                    for (int i = 0; i < 40; i++)
                    {
                        try
                        {
                            await client.ExecuteAsync(
                                node.Ledger.Script, [new LedgerStep(LedgerAction.Add, "n", "", 1)], CallContext.Local);
                            sure++;
                        }
                        catch (DiscoveryException e) when (e.WriteOutcome == WriteOutcome.Unknown)
                        {
                            unknown++;
                        }
                        catch (DiscoveryException)
                        {
                            refused++;
                        }
                    }
                }));
            }

            await Task.WhenAll(callers);
            await kernel.AdvanceAsync(TimeSpan.FromMinutes(1));
            long value = node.State.Get(node.Ledger.Items, LedgerModule.Key("n"))!.Value;
            Assert.InRange(value, sure, sure + unknown);
            Assert.Equal(240, sure + unknown + refused);
            Assert.True(log.Injected > 50 && sure > 180, $"{log.Injected} faults, {sure} sure");
        });
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Execute_StormyLog_RegistersAreLinearizable(int seed)
    {
        SimulationKernel kernel = new(seed);
        History<KeyValueInput, KeyValueOutput> history = new();
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            FaultyCommandLog log = new(node.Log, node.Runtime, kernel.CreateRandom(), FaultyCommandLogOptions.Stormy);
            Task[] callers = [.. Enumerable.Range(0, 5).Select(caller =>
            {
                RegisterCaller registers = new(node, node.CreateClient(log), log, kernel.CreateRandom(), history, caller);
                return kernel.Start(registers.RunAsync);
            })];
            await Task.WhenAll(callers);
            await kernel.AdvanceAsync(TimeSpan.FromMinutes(1));
        });
        LinearizabilityChecker.Check(history.Operations, new KeyValueModel()).AssertOk();
        Assert.True(history.Operations.Count(operation => operation.Completed is not null) > 100);
    }

    [Fact]
    public void Execute_LogHangs_EndsAtItsTimeout()
    {
        SimulationKernel kernel = new(1);
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            FaultyCommandLog log = new(node.Log, node.Runtime, kernel.CreateRandom(), FaultyCommandLogOptions.None);
            CommandClient client = node.CreateClient(log);
            await client.ExecuteAsync(node.Ledger.Read, "n", CallContext.Local);
            log.Faults = new FaultyCommandLogOptions { Hanging = 1 };
            TimeSpan start = kernel.Time.Elapsed;
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await client.ExecuteAsync(node.Ledger.Read, "n", CallContext.Local));
            Assert.Equal((DiscoveryError.OutcomeUnknown, WriteOutcome.Unknown), (e.Error, e.WriteOutcome));
            Assert.Equal(TimeSpan.FromSeconds(10), kernel.Time.Elapsed - start);
        });
    }

    [Fact]
    public void Execute_CallerGivesUp_ThrowsCancellation()
    {
        SimulationKernel kernel = new(1);
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            FaultyCommandLog log = new(node.Log, node.Runtime, kernel.CreateRandom(), new FaultyCommandLogOptions { Hanging = 1 });
            using CancellationTokenSource cancel = new(TimeSpan.FromSeconds(2), kernel.Time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await node.CreateClient(log).ExecuteAsync(node.Ledger.Read, "n", CallContext.Local, cancel.Token));
            Assert.Equal(TimeSpan.FromSeconds(2), kernel.Time.Elapsed);
        });
    }

    [Fact]
    public void Execute_NoLeaderForLong_IsSurelyNotApplied()
    {
        SimulationKernel kernel = new(1);
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            FaultyCommandLog log = new(node.Log, node.Runtime, kernel.CreateRandom(), new FaultyCommandLogOptions { Refused = 1 });
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await node.CreateClient(log).ExecuteAsync(node.Ledger.Read, "n", CallContext.Local));
            Assert.Equal(WriteOutcome.NotApplied, e.WriteOutcome);
            Assert.Equal(TimeSpan.FromSeconds(10), kernel.Time.Elapsed);
        });
    }

    [Fact]
    public void Execute_LeaderComesDuringAPause_TriesAtOnce()
    {
        SimulationKernel kernel = new(1);
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            FaultyCommandLog log = new(node.Log, node.Runtime, kernel.CreateRandom(), new FaultyCommandLogOptions { Refused = 1 });
            ValueTask<CommandResult<long>> answer = node.CreateClient(log).ExecuteAsync(node.Ledger.Read, "n", CallContext.Local);

            // Pauses between tries have grown to a second by now, and one has just begun.
            await kernel.AdvanceAsync(TimeSpan.FromMilliseconds(3_350));
            log.Faults = FaultyCommandLogOptions.None with { DelayMax = TimeSpan.FromMilliseconds(30) };
            log.LoseLeadership();
            await kernel.AdvanceAsync(TimeSpan.FromMilliseconds(30));
            Assert.True(answer.IsCompletedSuccessfully);
            await answer;
        });
    }

    [Fact]
    public void Execute_ClientWasEvicted_GoesOnWithANewOne()
    {
        SimulationKernel kernel = new(1);
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            await node.PutAsync("a", "", 1);
            for (int i = 0; i < 4097; i++)
            {
                byte[] id = new Guid(i, 5, 5, 0, 0, 0, 0, 0, 0, 0, 5).ToByteArray(bigEndian: true);
                await node.Log.ProposeAsync(new CommandProposal(SystemCommand.OpenClient, id, default, 0, CallContext.Local));
            }

            CommandResult<long> result = await node.PutAsync("a", "", 2);
            Assert.Equal(2, result.Value);
        });
    }

    [Fact]
    public void Execute_OneCommandStuckWhileThousandsPass_IsStillAppliedOnce()
    {
        SimulationKernel kernel = new(1);
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            FaultyCommandLog log = new(node.Log, node.Runtime, kernel.CreateRandom(), FaultyCommandLogOptions.None);
            CommandClient client = node.CreateClient(log);
            await client.ExecuteAsync(node.Ledger.Read, "n", CallContext.Local);
            log.Faults = new FaultyCommandLogOptions { LostApplied = 1, DelayMax = TimeSpan.FromSeconds(2) };
            Task<CommandResult<long>> stuck = client.ExecuteAsync(
                node.Ledger.Script, [new LedgerStep(LedgerAction.Add, "stuck", "", 1)], CallContext.Local).AsTask();
            await kernel.AdvanceAsync(TimeSpan.FromMilliseconds(1));
            log.Faults = FaultyCommandLogOptions.None;
            for (int i = 0; i < 3000; i++)
            {
                await client.ExecuteAsync(node.Ledger.Read, "n", CallContext.Local);
            }

            Assert.False(stuck.IsCompleted);
            Assert.Equal(1, (await stuck).Value);
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(1, node.State.Get(node.Ledger.Items, LedgerModule.Key("stuck"))!.Value);
        });
    }
}
