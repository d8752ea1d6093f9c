namespace Discovery.Simulation;

/// <summary>The monotonic clock of one machine: it runs at its own speed, and may stand still.</summary>
internal sealed class ServerClock
{
    private TimeSpan _worldBase;
    private TimeSpan _localBase = TimeSpan.FromSeconds(1000);
    private double _rate = 1;
    private bool _isStopped;

    public TimeSpan Local(TimeSpan world) => _isStopped ? _localBase : _localBase + ((world - _worldBase) * _rate);

    /// <summary>When this clock will show a time.</summary>
    public TimeSpan World(TimeSpan local) => _worldBase + new TimeSpan((long)Math.Ceiling((local - _localBase).Ticks / _rate) + 1);

    public void SetRate(TimeSpan world, double rate)
    {
        Rebase(world);
        _rate = rate;
    }

    public void Stop(TimeSpan world)
    {
        Rebase(world);
        _isStopped = true;
    }

    public void Go(TimeSpan world)
    {
        if (_isStopped)
        {
            _isStopped = false;
            _worldBase = world;
        }
    }

    private void Rebase(TimeSpan world)
    {
        _localBase = Local(world);
        _worldBase = world;
    }
}
