using Bridge.Benchmarks;
using BenchmarkDotNet.Running;

if (!Arguments.TryTakeSave(args, out var save, out var others))
{
    Console.Error.WriteLine("--save needs the name of a file.");
    return 2;
}

var load = ResultsFile.Load();
var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(others, BenchmarkConfig.Create()).ToArray();

// BenchmarkDotNet shows a benchmark that threw as NA, and is content.
var failed = summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(r => !r.Success));
if (failed || (save is not null && summaries.Length == 0))
{
    Console.Error.WriteLine("Not every benchmark gave a result; nothing is saved.");
    return 1;
}

if (save is not null)
    ResultsFile.Write(save, load, summaries);
return 0;
