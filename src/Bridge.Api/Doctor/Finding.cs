namespace Bridge.Api.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Weight
{
    Ok,
    Skipped,
    Warn,
    Fail,
}

/// <summary>What an exam found, and how to mend it.</summary>
/// <param name="Weight">How bad it is.</param>
/// <param name="Text">What was found, in a line.</param>
/// <param name="Mend">What to do about it; null where there is nothing to do.</param>
internal sealed record Finding(Weight Weight, string Text, string? Mend = null)
{
    /// <summary>All is well.</summary>
    public static Finding Ok(string text) => new(Weight.Ok, text);

    /// <summary>It could not be looked at, and why.</summary>
    public static Finding Skipped(string text) => new(Weight.Skipped, text);

    /// <summary>Calls work, and somebody should look at this.</summary>
    public static Finding Warn(string text, string mend) => new(Weight.Warn, text, mend);

    /// <summary>Calls do not work, or the door is open.</summary>
    public static Finding Fail(string text, string mend) => new(Weight.Fail, text, mend);
}
