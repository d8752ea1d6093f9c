namespace Discovery.Testing.Tests.Kernel;

public sealed class FakeTimeProviderTests
{
    private static readonly TimeSpan Ms = TimeSpan.FromMilliseconds(1);
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Advance_TimersOfOneInstant_FireInOrderOfCreation()
    {
        ITimer a = Timer("a", Timeout.InfiniteTimeSpan);
        Timer("b", Ms * 5);
        Timer("c", Ms * 3);
        a.Change(Ms * 5, Timeout.InfiniteTimeSpan);
        _time.Advance(Ms * 10);
        Assert.Equal(["c@3", "a@5", "b@5"], _fired);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public void Advance_PeriodicTimer_FiresAtEveryPeriodWithoutDrift()
    {
        using ITimer timer = Timer("p", Ms * 2, Ms * 3);
        _time.Advance(Ms * 11);
        Assert.Equal(["p@2", "p@5", "p@8", "p@11"], _fired);
    }

    [Fact]
    public void Advance_ToOneTickBeforeDue_DoesNotFire()
    {
        Timer("t", Ms);
        _time.Advance(Ms - new TimeSpan(1));
        Assert.Empty(_fired);
        _time.Advance(new TimeSpan(1));
        Assert.Equal(["t@1"], _fired);
    }

    [Fact]
    public void Advance_TimerDisposedByAnEarlierOneOfTheInstant_DoesNotFire()
    {
        ITimer? second = null;
        _time.CreateTimer(_ => second!.Dispose(), null, Ms, Timeout.InfiniteTimeSpan);
        second = Timer("second", Ms);
        _time.Advance(Ms * 2);
        Assert.Empty(_fired);
        Assert.False(second.Change(Ms, Ms));
    }

    [Fact]
    public void Advance_TimerCreatedByACallback_FiresInTheSameAdvance()
    {
        _time.CreateTimer(_ => Timer("inner", Ms * 2), null, Ms, Timeout.InfiniteTimeSpan);
        _time.Advance(Ms * 3);
        Assert.Equal(["inner@3"], _fired);
    }

    [Fact]
    public void JumpWall_Forward_MovesTheWallOnly()
    {
        Timer("t", Ms * 5);
        DateTimeOffset before = _time.GetUtcNow();
        long timestamp = _time.GetTimestamp();
        _time.JumpWall(TimeSpan.FromHours(-3));
        Assert.Equal(before - TimeSpan.FromHours(3), _time.GetUtcNow());
        Assert.Equal(timestamp, _time.GetTimestamp());
        Assert.Empty(_fired);
        _time.Advance(Ms * 5);
        Assert.Equal(["t@5"], _fired);
        Assert.Equal(Ms * 5, _time.GetElapsedTime(timestamp));
        Assert.Equal(before - TimeSpan.FromHours(3) + (Ms * 5), _time.GetUtcNow());
    }

    [Fact]
    public void Change_ToInfinite_Disarms()
    {
        ITimer timer = Timer("t", Ms);
        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        _time.Advance(Ms * 2);
        Assert.Empty(_fired);
    }

    [Fact]
    public void CreateTimer_NegativeDueTime_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.CreateTimer(static _ => { }, null, -Ms * 2, Ms));

    [Fact]
    public void CreateTimer_AsyncLocal_FlowsToTheCallback()
    {
        AsyncLocal<int> local = new() { Value = 5 };
        int seen = 0;
        _time.CreateTimer(_ => seen = local.Value, null, Ms, Timeout.InfiniteTimeSpan);
        local.Value = 6;
        _time.Advance(Ms);
        Assert.Equal(5, seen);
    }

    private ITimer Timer(string name, TimeSpan due, TimeSpan? period = null) => _time.CreateTimer(
        _ => _fired.Add($"{name}@{_time.Elapsed.TotalMilliseconds}"), null, due, period ?? Timeout.InfiniteTimeSpan);
}
