/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The methods that libvirt calls, each in the file that is named above it; table.c binds them. A
 * method has the type and the contract that libvirt gives the entry of the same name in struct
 * _virHypervisorDriver. It checks access first, with the EnsureACL function of its own name; an
 * error is libvirt's error of the calling thread.
 */

#include "internal.h"
#include <driver.h>

#include "driver/driver.h"

/* Declares a function of the type that libvirt's typedef of a pointer to it names. */
#define DRV_API(type, name) extern __typeof__(*(type)NULL) name;

/* connect.c */
DRV_API(virDrvConnectURIProbe, drv_connect_uri_probe)
DRV_API(virDrvConnectOpen, drv_connect_open)
DRV_API(virDrvConnectClose, drv_connect_close)
DRV_API(virDrvConnectSupportsFeature, drv_connect_supports_feature)
DRV_API(virDrvConnectGetType, drv_connect_get_type)
DRV_API(virDrvConnectGetVersion, drv_connect_get_version)
DRV_API(virDrvConnectGetHostname, drv_connect_get_hostname)
DRV_API(virDrvConnectGetSysinfo, drv_connect_get_sysinfo)
DRV_API(virDrvConnectIsAlive, drv_connect_is_alive)
DRV_API(virDrvConnectIsEncrypted, drv_connect_is_encrypted)
DRV_API(virDrvConnectIsSecure, drv_connect_is_secure)

/* capabilities.c */
DRV_API(virDrvConnectGetCapabilities, drv_connect_get_capabilities)

/* cpu.c */
DRV_API(virDrvConnectGetCPUModelNames, drv_connect_get_cpu_model_names)
DRV_API(virDrvConnectCompareCPU, drv_connect_compare_cpu)
DRV_API(virDrvConnectCompareHypervisorCPU, drv_connect_compare_hypervisor_cpu)
DRV_API(virDrvConnectBaselineCPU, drv_connect_baseline_cpu)
DRV_API(virDrvConnectBaselineHypervisorCPU, drv_connect_baseline_hypervisor_cpu)

/* domcaps.c */
DRV_API(virDrvConnectGetDomainCapabilities, drv_connect_get_domain_capabilities)

/* node.c */
DRV_API(virDrvConnectGetMaxVcpus, drv_connect_get_max_vcpus)
DRV_API(virDrvNodeGetInfo, drv_node_get_info)
DRV_API(virDrvNodeGetFreeMemory, drv_node_get_free_memory)
DRV_API(virDrvNodeGetCellsFreeMemory, drv_node_get_cells_free_memory)

/* node_device.c */
DRV_API(virDrvNodeDeviceDettach, drv_node_device_dettach)
DRV_API(virDrvNodeDeviceDetachFlags, drv_node_device_detach_flags)
DRV_API(virDrvNodeDeviceReAttach, drv_node_device_reattach)
DRV_API(virDrvNodeDeviceReset, drv_node_device_reset)

/* node_stats.c */
DRV_API(virDrvNodeGetCPUMap, drv_node_get_cpu_map)
DRV_API(virDrvNodeGetCPUStats, drv_node_get_cpu_stats)
DRV_API(virDrvNodeGetMemoryStats, drv_node_get_memory_stats)
DRV_API(virDrvNodeGetFreePages, drv_node_get_free_pages)

/* list.c */
DRV_API(virDrvConnectListDomains, drv_connect_list_domains)
DRV_API(virDrvConnectNumOfDomains, drv_connect_num_of_domains)
DRV_API(virDrvConnectListAllDomains, drv_connect_list_all_domains)
DRV_API(virDrvConnectListDefinedDomains, drv_connect_list_defined_domains)
DRV_API(virDrvConnectNumOfDefinedDomains, drv_connect_num_of_defined_domains)
DRV_API(virDrvDomainLookupByID, drv_domain_lookup_by_id)
DRV_API(virDrvDomainLookupByUUID, drv_domain_lookup_by_uuid)
DRV_API(virDrvDomainLookupByName, drv_domain_lookup_by_name)

/* query.c */
DRV_API(virDrvDomainIsActive, drv_domain_is_active)
DRV_API(virDrvDomainIsPersistent, drv_domain_is_persistent)
DRV_API(virDrvDomainIsUpdated, drv_domain_is_updated)
DRV_API(virDrvDomainGetOSType, drv_domain_get_os_type)
DRV_API(virDrvDomainGetInfo, drv_domain_get_info)
DRV_API(virDrvDomainGetState, drv_domain_get_state)
DRV_API(virDrvDomainGetXMLDesc, drv_domain_get_xml_desc)
DRV_API(virDrvDomainGetControlInfo, drv_domain_get_control_info)
DRV_API(virDrvDomainGetHostname, drv_domain_get_hostname)
DRV_API(virDrvDomainGetMessages, drv_domain_get_messages)

/* security.c */
DRV_API(virDrvNodeGetSecurityModel, drv_node_get_security_model)
DRV_API(virDrvDomainGetSecurityLabel, drv_domain_get_security_label)
DRV_API(virDrvDomainGetSecurityLabelList, drv_domain_get_security_label_list)

/* attach.c */
DRV_API(virDrvDomainAttachDevice, drv_domain_attach_device)
DRV_API(virDrvDomainAttachDeviceFlags, drv_domain_attach_device_flags)
DRV_API(virDrvDomainDetachDevice, drv_domain_detach_device)
DRV_API(virDrvDomainDetachDeviceFlags, drv_domain_detach_device_flags)
DRV_API(virDrvDomainDetachDeviceAlias, drv_domain_detach_device_alias)
DRV_API(virDrvDomainUpdateDeviceFlags, drv_domain_update_device_flags)

/* block.c */
DRV_API(virDrvDomainGetBlockInfo, drv_domain_get_block_info)
DRV_API(virDrvDomainBlockResize, drv_domain_block_resize)
DRV_API(virDrvDomainBlockPeek, drv_domain_block_peek)
DRV_API(virDrvDomainGetDiskErrors, drv_domain_get_disk_errors)

/* copy.c */
DRV_API(virDrvDomainBlockRebase, drv_domain_block_rebase)
DRV_API(virDrvDomainBlockCopy, drv_domain_block_copy)

/* stream.c */
DRV_API(virDrvDomainBlockPull, drv_domain_block_pull)
DRV_API(virDrvDomainBlockCommit, drv_domain_block_commit)

/* blockjobs.c */
DRV_API(virDrvDomainGetBlockJobInfo, drv_domain_get_block_job_info)
DRV_API(virDrvDomainBlockJobSetSpeed, drv_domain_block_job_set_speed)
DRV_API(virDrvDomainBlockJobAbort, drv_domain_block_job_abort)

/* bandwidth.c */
DRV_API(virDrvDomainSetInterfaceParameters, drv_domain_set_interface_parameters)
DRV_API(virDrvDomainGetInterfaceParameters, drv_domain_get_interface_parameters)

/* iotune.c */
DRV_API(virDrvDomainSetBlockIoTune, drv_domain_set_block_io_tune)
DRV_API(virDrvDomainGetBlockIoTune, drv_domain_get_block_io_tune)

/* threshold.c */
DRV_API(virDrvDomainSetBlockThreshold, drv_domain_set_block_threshold)

/* guest_fs.c */
DRV_API(virDrvDomainFSFreeze, drv_domain_fs_freeze)
DRV_API(virDrvDomainFSThaw, drv_domain_fs_thaw)
DRV_API(virDrvDomainFSTrim, drv_domain_fs_trim)
DRV_API(virDrvDomainGetFSInfo, drv_domain_get_fs_info)

/* guest_info.c */
DRV_API(virDrvDomainGetGuestInfo, drv_domain_get_guest_info)
DRV_API(virDrvDomainGetTime, drv_domain_get_time)
DRV_API(virDrvDomainSetTime, drv_domain_set_time)

/* guest_users.c */
DRV_API(virDrvDomainSetUserPassword, drv_domain_set_user_password)
DRV_API(virDrvDomainAuthorizedSSHKeysGet, drv_domain_authorized_ssh_keys_get)
DRV_API(virDrvDomainAuthorizedSSHKeysSet, drv_domain_authorized_ssh_keys_set)

/* guest_vcpus.c */
DRV_API(virDrvDomainGetGuestVcpus, drv_domain_get_guest_vcpus)
DRV_API(virDrvDomainSetGuestVcpus, drv_domain_set_guest_vcpus)

/* addresses.c */
DRV_API(virDrvDomainInterfaceAddresses, drv_domain_interface_addresses)

/* graphics.c */
DRV_API(virDrvDomainOpenGraphics, drv_domain_open_graphics)
DRV_API(virDrvDomainOpenGraphicsFD, drv_domain_open_graphics_fd)

/* agent.c */
DRV_API(virDrvDomainQemuAgentCommand, drv_domain_qemu_agent_command)
DRV_API(virDrvDomainAgentSetResponseTimeout, drv_domain_agent_set_response_timeout)

/* monitor.c */
DRV_API(virDrvDomainQemuMonitorCommand, drv_domain_qemu_monitor_command)
DRV_API(virDrvDomainSendKey, drv_domain_send_key)
DRV_API(virDrvDomainScreenshot, drv_domain_screenshot)

/* perf.c */
DRV_API(virDrvDomainGetPerfEvents, drv_domain_get_perf_events)
DRV_API(virDrvDomainSetPerfEvents, drv_domain_set_perf_events)

/* memory.c */
DRV_API(virDrvDomainGetMaxMemory, drv_domain_get_max_memory)
DRV_API(virDrvDomainSetMaxMemory, drv_domain_set_max_memory)
DRV_API(virDrvDomainSetMemory, drv_domain_set_memory)
DRV_API(virDrvDomainSetMemoryFlags, drv_domain_set_memory_flags)
DRV_API(virDrvDomainMemoryStats, drv_domain_memory_stats)

/* vcpu.c */
DRV_API(virDrvDomainGetMaxVcpus, drv_domain_get_max_vcpus)
DRV_API(virDrvDomainSetVcpus, drv_domain_set_vcpus)
DRV_API(virDrvDomainSetVcpusFlags, drv_domain_set_vcpus_flags)
DRV_API(virDrvDomainSetVcpu, drv_domain_set_vcpu)
DRV_API(virDrvDomainGetVcpusFlags, drv_domain_get_vcpus_flags)
DRV_API(virDrvDomainGetVcpus, drv_domain_get_vcpus)
DRV_API(virDrvDomainGetCPUStats, drv_domain_get_cpu_stats)

/* pin.c */
DRV_API(virDrvDomainPinVcpu, drv_domain_pin_vcpu)
DRV_API(virDrvDomainPinVcpuFlags, drv_domain_pin_vcpu_flags)
DRV_API(virDrvDomainGetVcpuPinInfo, drv_domain_get_vcpu_pin_info)

/* numa.c */
DRV_API(virDrvDomainGetNumaParameters, drv_domain_get_numa_parameters)
DRV_API(virDrvDomainSetNumaParameters, drv_domain_set_numa_parameters)

/* scheduler.c */
DRV_API(virDrvDomainGetSchedulerType, drv_domain_get_scheduler_type)
DRV_API(virDrvDomainGetSchedulerParameters, drv_domain_get_scheduler_parameters)
DRV_API(virDrvDomainGetSchedulerParametersFlags, drv_domain_get_scheduler_parameters_flags)
DRV_API(virDrvDomainSetSchedulerParameters, drv_domain_set_scheduler_parameters)
DRV_API(virDrvDomainSetSchedulerParametersFlags, drv_domain_set_scheduler_parameters_flags)

/* traffic.c */
DRV_API(virDrvDomainInterfaceStats, drv_domain_interface_stats)
DRV_API(virDrvDomainBlockStats, drv_domain_block_stats)
DRV_API(virDrvDomainBlockStatsFlags, drv_domain_block_stats_flags)

/* stats.c */
DRV_API(virDrvConnectGetAllDomainStats, drv_connect_get_all_domain_stats)

/* define.c */
DRV_API(virDrvDomainDefineXML, drv_domain_define_xml)
DRV_API(virDrvDomainDefineXMLFlags, drv_domain_define_xml_flags)
DRV_API(virDrvDomainUndefine, drv_domain_undefine)
DRV_API(virDrvDomainUndefineFlags, drv_domain_undefine_flags)
DRV_API(virDrvDomainGetAutostart, drv_domain_get_autostart)
DRV_API(virDrvDomainSetAutostart, drv_domain_set_autostart)
#if LIBVIR_VERSION_NUMBER >= 11002000
DRV_API(virDrvDomainGetAutostartOnce, drv_domain_get_autostart_once)
DRV_API(virDrvDomainSetAutostartOnce, drv_domain_set_autostart_once)
#endif

/* metadata.c */
DRV_API(virDrvDomainGetMetadata, drv_domain_get_metadata)
DRV_API(virDrvDomainSetMetadata, drv_domain_set_metadata)

/* rename.c */
DRV_API(virDrvDomainRename, drv_domain_rename)

/* lifecycle.c */
DRV_API(virDrvDomainCreateXML, drv_domain_create_xml)
DRV_API(virDrvDomainCreate, drv_domain_create)
DRV_API(virDrvDomainCreateWithFlags, drv_domain_create_with_flags)
DRV_API(virDrvDomainSuspend, drv_domain_suspend)
DRV_API(virDrvDomainResume, drv_domain_resume)
DRV_API(virDrvDomainShutdown, drv_domain_shutdown)
DRV_API(virDrvDomainShutdownFlags, drv_domain_shutdown_flags)
DRV_API(virDrvDomainReboot, drv_domain_reboot)
DRV_API(virDrvDomainDestroy, drv_domain_destroy)
DRV_API(virDrvDomainDestroyFlags, drv_domain_destroy_flags)

/* reset.c */
DRV_API(virDrvDomainReset, drv_domain_reset)
DRV_API(virDrvDomainInjectNMI, drv_domain_inject_nmi)
DRV_API(virDrvDomainSetLifecycleAction, drv_domain_set_lifecycle_action)

/* pm.c */
DRV_API(virDrvDomainPMSuspendForDuration, drv_domain_pm_suspend_for_duration)
DRV_API(virDrvDomainPMWakeup, drv_domain_pm_wakeup)

/* save.c */
DRV_API(virDrvDomainSave, drv_domain_save)
DRV_API(virDrvDomainSaveFlags, drv_domain_save_flags)
DRV_API(virDrvDomainSaveParams, drv_domain_save_params)
DRV_API(virDrvDomainManagedSave, drv_domain_managed_save)

/* restore.c */
DRV_API(virDrvDomainRestore, drv_domain_restore)
DRV_API(virDrvDomainRestoreFlags, drv_domain_restore_flags)
DRV_API(virDrvDomainRestoreParams, drv_domain_restore_params)

/* saved.c */
DRV_API(virDrvDomainHasManagedSaveImage, drv_domain_has_managed_save_image)
DRV_API(virDrvDomainManagedSaveRemove, drv_domain_managed_save_remove)
DRV_API(virDrvDomainManagedSaveGetXMLDesc, drv_domain_managed_save_get_xml_desc)
DRV_API(virDrvDomainManagedSaveDefineXML, drv_domain_managed_save_define_xml)
DRV_API(virDrvDomainSaveImageGetXMLDesc, drv_domain_save_image_get_xml_desc)
DRV_API(virDrvDomainSaveImageDefineXML, drv_domain_save_image_define_xml)

/* dump.c */
DRV_API(virDrvDomainCoreDump, drv_domain_core_dump)
DRV_API(virDrvDomainCoreDumpWithFormat, drv_domain_core_dump_with_format)

/* jobs.c */
DRV_API(virDrvDomainGetJobInfo, drv_domain_get_job_info)
DRV_API(virDrvDomainGetJobStats, drv_domain_get_job_stats)
DRV_API(virDrvDomainAbortJob, drv_domain_abort_job)
DRV_API(virDrvDomainAbortJobFlags, drv_domain_abort_job_flags)

/* migrate_source.c */
DRV_API(virDrvDomainMigrateBegin3Params, drv_domain_migrate_begin3_params)
DRV_API(virDrvDomainMigratePerform3Params, drv_domain_migrate_perform3_params)
DRV_API(virDrvDomainMigrateConfirm3Params, drv_domain_migrate_confirm3_params)

/* migrate_speed.c */
DRV_API(virDrvDomainMigrateSetMaxSpeed, drv_domain_migrate_set_max_speed)
DRV_API(virDrvDomainMigrateGetMaxSpeed, drv_domain_migrate_get_max_speed)

/* migrate_target.c */
DRV_API(virDrvDomainMigratePrepare3Params, drv_domain_migrate_prepare3_params)
DRV_API(virDrvDomainMigratePrepareTunnel3Params, drv_domain_migrate_prepare_tunnel3_params)
DRV_API(virDrvDomainMigrateFinish3Params, drv_domain_migrate_finish3_params)

/* native.c */
DRV_API(virDrvConnectDomainXMLFromNative, drv_connect_domain_xml_from_native)
DRV_API(virDrvConnectDomainXMLToNative, drv_connect_domain_xml_to_native)

/* console.c */
DRV_API(virDrvDomainOpenConsole, drv_domain_open_console)
DRV_API(virDrvDomainOpenChannel, drv_domain_open_channel)

/* events.c */
DRV_API(virDrvConnectDomainEventRegister, drv_connect_domain_event_register)
DRV_API(virDrvConnectDomainEventDeregister, drv_connect_domain_event_deregister)
DRV_API(virDrvConnectDomainEventRegisterAny, drv_connect_domain_event_register_any)
DRV_API(virDrvConnectDomainEventDeregisterAny, drv_connect_domain_event_deregister_any)
DRV_API(virDrvConnectDomainQemuMonitorEventRegister, drv_connect_domain_qemu_monitor_event_register)
DRV_API(virDrvConnectDomainQemuMonitorEventDeregister,
        drv_connect_domain_qemu_monitor_event_deregister)

/* table.c */
extern virHypervisorDriver drv_hypervisor_driver;

/* connect.c: the driver behind a connection. */
DrvDriver *drv_driver_of(virConnectPtr conn);

/*
 * list.c: the domain that a client means, by uuid; NULL with libvirt's error NO_DOMAIN when there
 * is none. @ret_identity is what the access check of the caller wants. (both transfer full)
 */
DrvDomain *drv_domain_of(virDomainPtr dom, DrvIdentity **ret_identity);

/* list.c: a client's handle for @domain; NULL with libvirt's error set. */
virDomainPtr drv_domain_handle(virConnectPtr conn, DrvDomain *domain);
