namespace Bridge.Benchmarks;

/// <summary>The one argument that is ours; all others are BenchmarkDotNet's.</summary>
internal static class Arguments
{
    private const string Save = "--save";

    /// <summary>Takes <c>--save FILE</c> out of the arguments; false when the file is missing.</summary>
    /// <param name="args">As they were typed.</param>
    /// <param name="file">Relative to where the command was typed; null when nothing is to be saved.</param>
    /// <param name="others">For BenchmarkDotNet.</param>
    public static bool TryTakeSave(string[] args, out string? file, out string[] others)
    {
        (file, others) = (null, args);
        var at = Array.IndexOf(args, Save);
        if (at < 0)
            return true;
        if (at + 1 == args.Length || args[at + 1].StartsWith('-'))
            return false;
        file = args[at + 1];
        others = [.. args[..at], .. args[(at + 2)..]];
        return true;
    }
}
