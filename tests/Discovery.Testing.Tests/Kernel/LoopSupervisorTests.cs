using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Discovery.Testing.Tests.Kernel;

public sealed class LoopSupervisorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SimulationKernel _kernel = new(21);
    private readonly RecordingLogger<LoopSupervisor> _log = new();
    private readonly TestMeterFactory _meters = new();
    private readonly LoopSupervisor _supervisor;

    public LoopSupervisorTests() => _supervisor = new LoopSupervisor(_kernel.CreateRuntime(), _log, _meters);

    [Fact]
    public async Task Start_BodyThrowsEachTime_RestartsWithDoubledBackoff()
    {
        List<TimeSpan> starts = [];
        _ = _supervisor.Start("loop", _ => { starts.Add(_kernel.Time.Elapsed); throw new FormatException("bad"); }, LoopRestart.OnFailure);
        await _kernel.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(
            [0, 100, 300, 700, 1500, 3100, 6300, 12700, 25500, 51100, 81100, 111100],
            starts.Select(static t => (int)t.TotalMilliseconds));
        Assert.Equal([new LoopState("loop", LoopPhase.BackingOff, "FormatException: bad", 11)], _supervisor.LoopStates);
        Assert.Equal("1000 Warning Loop loop failed; it starts again in 00:00:00.1000000", _log.Lines[0]);
        Assert.Equal(12, _log.Lines.Count);
        Assert.Null(_supervisor.Fault);
    }

    [Fact]
    public async Task Start_BodyFailsAfterALongRun_BacksOffFromTheBeginning()
    {
        List<TimeSpan> starts = [];
        _ = _supervisor.Start("loop", async token =>
        {
            starts.Add(_kernel.Time.Elapsed);
            await Task.Delay(Second * 30, _kernel.Time, token);
            throw new FormatException();
        }, LoopRestart.OnFailure);
        await _kernel.AdvanceAsync(Second * 70);
        Assert.Equal([0, 30_100, 60_200], starts.Select(static t => (int)t.TotalMilliseconds));
    }

    [Fact]
    public async Task Start_BodyFails_CountsByLoop()
    {
        List<string> measured = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter, _meters.Created[0]))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured.Add($"{instrument.Meter.Name} {instrument.Name} {tags[0].Key}={tags[0].Value} {value}"));
        listener.Start();
        _ = _supervisor.Start("a", _ => throw new FormatException(), LoopRestart.Never);
        await _kernel.AdvanceAsync(Second);
        Assert.Equal(["Discovery.Core discovery.core.loop.failures loop=a 1"], measured);
    }

    [Fact]
    public async Task Start_BodyThrowsAndNeverRestarts_StaysFailed()
    {
        Task ended = _supervisor.Start("loop", _ => throw new FormatException("bad"), LoopRestart.Never);
        await _kernel.AdvanceAsync(Second);
        Assert.Equal(TaskStatus.RanToCompletion, ended.Status);
        Assert.Equal([new LoopState("loop", LoopPhase.Failed, "FormatException: bad", 0)], _supervisor.LoopStates);
        Assert.Equal(["1001 Error Loop loop failed and is not started again"], _log.Lines);
    }

    [Fact]
    public async Task Start_BodyBreaksAnInvariant_FaultsTheNodeAndIsNotRestarted()
    {
        int runs = 0;
        _ = _supervisor.Start("loop", _ => { runs++; throw new InvariantViolationException("torn"); }, LoopRestart.OnFailure);
        _ = _supervisor.Start("other", token => Task.Delay(Timeout.InfiniteTimeSpan, _kernel.Time, token), LoopRestart.OnFailure);
        await _kernel.AdvanceAsync(Second * 100);
        Assert.Equal(1, runs);
        Assert.True(_supervisor.Faulted.IsCancellationRequested);
        Assert.Equal("torn", Assert.IsType<InvariantViolationException>(_supervisor.Fault).Message);
        Assert.Equal(
            ["1001 Error Loop loop failed and is not started again", "1002 Critical The node is faulted and refuses further work: torn"],
            _log.Lines);
        Assert.Equal([LoopPhase.Failed, LoopPhase.Running], _supervisor.LoopStates.Select(static s => s.Phase));
    }

    [Fact]
    public async Task Start_BodyThrowsUnaskedCancellation_IsAFailure()
    {
        _ = _supervisor.Start("loop", _ => throw new OperationCanceledException("odd"), LoopRestart.OnFailure);
        await _kernel.AdvanceAsync(TimeSpan.FromMilliseconds(99));
        Assert.Equal([new LoopState("loop", LoopPhase.BackingOff, "OperationCanceledException: odd", 0)], _supervisor.LoopStates);
    }

    [Fact]
    public async Task Start_BodyReturns_IsCompletedAndTheNameIsFree()
    {
        _ = _supervisor.Start("loop", _ => Task.CompletedTask, LoopRestart.OnFailure);
        Assert.Throws<InvalidOperationException>(() => { _ = _supervisor.Start("loop", _ => Task.CompletedTask, LoopRestart.Never); });
        await _kernel.AdvanceAsync(Second);
        Assert.Equal([new LoopState("loop", LoopPhase.Completed, null, 0)], _supervisor.LoopStates);
        _ = _supervisor.Start("loop", _ => Task.CompletedTask, LoopRestart.Never);
    }

    [Fact]
    public async Task Start_OwnTokenCancelled_StopsThatLoopOnly()
    {
        using CancellationTokenSource own = new();
        _ = _supervisor.Start("a", token => Task.Delay(Timeout.InfiniteTimeSpan, _kernel.Time, token), LoopRestart.OnFailure, own.Token);
        _ = _supervisor.Start("b", token => Task.Delay(Timeout.InfiniteTimeSpan, _kernel.Time, token), LoopRestart.OnFailure);
        await _kernel.AdvanceAsync(Second);
        own.Cancel();
        await _kernel.AdvanceAsync(Second);
        Assert.Equal([LoopPhase.Stopped, LoopPhase.Running], _supervisor.LoopStates.Select(static s => s.Phase));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void StopAsync_LoopsInBodyAndInBackoff_StopAtOnce()
    {
        _kernel.Run(async () =>
        {
            _ = _supervisor.Start("body", token => Task.Delay(Timeout.InfiniteTimeSpan, _kernel.Time, token), LoopRestart.OnFailure);
            _ = _supervisor.Start("failing", _ => throw new FormatException(), LoopRestart.OnFailure);
            await _kernel.AdvanceAsync(Second);
            Assert.True(await _supervisor.StopAsync());
        });
        Assert.Equal(Second, _kernel.Time.Elapsed);
        Assert.Equal([LoopPhase.Stopped, LoopPhase.Stopped], _supervisor.LoopStates.Select(static s => s.Phase));
        DiscoveryException refused = Assert.Throws<DiscoveryException>(
            () => { _ = _supervisor.Start("late", _ => Task.CompletedTask, LoopRestart.Never); });
        Assert.Equal(DiscoveryError.Stopped, refused.Error);
    }

    [Fact]
    public void StopAsync_LoopThatIgnoresItsToken_ReturnsAfterTheTimeout()
    {
        _kernel.Run(async () =>
        {
            _ = _supervisor.Start("deaf", _ => Task.Delay(Timeout.InfiniteTimeSpan, _kernel.Time), LoopRestart.OnFailure);
            await _kernel.AdvanceAsync(Second);
            Assert.False(await _supervisor.StopAsync());
        });
        Assert.Equal(Second * 6, _kernel.Time.Elapsed);
        Assert.Equal(["1003 Warning Loops deaf have not ended within 00:00:05; stopping goes on without them"], _log.Lines);
    }

    [Fact]
    public void StopAsync_CancellationCallbackThrows_IsLoggedAndStops()
    {
        _kernel.Run(async () =>
        {
            _ = _supervisor.Start("loop", async token =>
            {
                using CancellationTokenRegistration registration = token.Register(static () => throw new FormatException());
                await Task.Delay(Timeout.InfiniteTimeSpan, _kernel.Time, token);
            }, LoopRestart.OnFailure);
            await _kernel.AdvanceAsync(Second);
            Assert.True(await _supervisor.StopAsync());
        });
        Assert.Equal(["1004 Error A callback threw while the stopping token was cancelled"], _log.Lines);
    }
}
