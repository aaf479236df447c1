namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>
/// Inputs that were worth keeping: one of each kind a reader knows, and those that something was once wrong with. Files, so that one
/// can be added without a word of code. Numbers, keys and names in them are made up.
/// </summary>
internal static class FuzzCorpus
{
    /// <summary>The files of a folder; with the line's end that an editor leaves behind taken off.</summary>
    public static IReadOnlyList<byte[]> Of(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Fuzz", "Corpus", folder)).Order(StringComparer.Ordinal).ToList();
        Assert.That(files, Has.Count.GreaterThan(5), "the corpus was not copied");
        return [.. files.Select(f => File.ReadAllBytes(f)).Select(b => b is [.., (byte)'\n'] ? b[..^1] : b)];
    }
}
