namespace Bridge.Api.Doctor;

/// <summary>How long the doctor waits for what, and what it takes for the time.</summary>
internal sealed record DoctorBounds
{
    /// <summary>For a session with the model.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a connection, and for an answer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A client whose headers come a byte at a time must be put out within this.</summary>
    public TimeSpan SlowHeaders { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How slowly they come.</summary>
    public TimeSpan SlowPace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A stream that never says <c>start</c> must be closed within this.</summary>
    public TimeSpan SilentSocket { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The clock of this machine.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
